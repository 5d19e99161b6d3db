import { readFileSync } from 'node:fs'
import path from 'node:path'
import {
  crash,
  defineJob,
  delay,
  type Glitch,
  glitchAfterAwait,
  glitchAt,
  runScenario,
  simulate,
  stall,
} from 'faultline'
import { describe, expect, test } from 'vitest'
import * as jobs from '../../../fixtures/engine/loops.ts'
import { World } from '../../helpers/engine-world.ts'
import { REPOSITORY } from '../../helpers/source-alias.ts'
import { brief } from '../../helpers/timeline.ts'

const file = 'fixtures/engine/loops.ts'
const source = readFileSync(path.join(REPOSITORY, file), 'utf8').split('\n')
const loop = `${file}:${source.findIndex((line) => line.includes('of pages(w)')) + 1}`

async function strike(perform: (w: World) => unknown, glitch: Glitch) {
  const world = new World()
  const job = defineJob<null>({ name: 'job', perform: () => perform(world) })
  const scenario = { glitch, hangAfterMs: 1_000, now: new Date(0) }
  const { timeline } = await runScenario(job.with(null), scenario, () => {})
  return { timeline: brief(timeline), log: world.log.map(({ delivery, what }) => `${delivery} ${what}`) }
}

const all = ['page 1', 'copied 1', 'page 2', 'copied 2']
const by = (delivery: number, log: readonly string[] = all) => log.map((what) => `${delivery} ${what}`)

describe('for await', () => {
  test.for([1, 2])('a worker freezes with value %i, and goes on with it', async (hit) => {
    const { timeline, log } = await strike(jobs.copied, glitchAfterAwait(loop, stall(), { hit }))
    expect(timeline.slice(2)).toEqual([
      '+0s glitched 1 (worker 1) stall at await',
      '+0s stalled 1 (worker 1)',
      '+30s redelivered 2 (worker 2)',
      '+30s completed 2 (worker 2)',
      '+30s woke 1 (worker 1)',
      '+30s refused 1 (worker 1)',
    ])
    const before = hit * 2 - 1
    expect(log).toEqual([...by(1, all.slice(0, before)), ...by(2), ...by(1, all.slice(before))])
  })

  test('time passes before a value is used', async () => {
    const { timeline, log } = await strike(jobs.copied, glitchAfterAwait(loop, delay('1h')))
    expect(timeline.at(-1)).toBe('+3600s completed 1 (worker 1)')
    expect(log).toEqual(by(1))
  })

  test('a frozen worker asks for no value', async () => {
    const { log } = await strike(jobs.beside, glitchAt(file, "await w.io('a2')", stall()))
    const second = log.indexOf('2 b2')
    expect(log.slice(0, second).filter((entry) => entry.startsWith('1 asked'))).toEqual([])
    expect(log.toSorted()).toEqual(
      [1, 2].flatMap((delivery) => by(delivery, ['a1', 'a2', 'asked 1', 'asked 2', 'b', 'b1', 'b2'])),
    )
  })

  test('a worker that is gone asks for no value, and nothing of it unwinds', async () => {
    const { timeline, log } = await strike(
      jobs.beside,
      glitchAt(file, "await w.io('a2')", crash({ unwind: false })),
    )
    expect(log.filter((entry) => entry.startsWith('1 asked'))).toEqual([])
    expect(timeline).toContain('+30s completed 2 (worker 2)')
  })

  test('every set of two faults strikes', async () => {
    let world = new World()
    const job = defineJob<null>({ name: 'job', perform: () => jobs.copied(world) })
    const setup = () => (world = new World())
    const options = { setup, faults: 'all', depth: 2, maxScenarios: 2_000, now: new Date(0) } as const
    const { summary } = await simulate<World>(job.with(null), () => {}, options)
    expect(summary).toMatchObject({ unreached: 0, failed: 0, flaky: 0 })
    expect(summary.survived).toBeGreaterThan(1_000)
  })
})
