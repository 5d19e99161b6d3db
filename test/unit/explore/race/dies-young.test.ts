import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { defineJob, exploreRaces } from 'faultline'
import { beforeAll, expect, test } from 'vitest'
import * as jobs from '../../../../fixtures/engine/races.ts'

/** Bytes that hang on the world of each run: how many of them are held is how many worlds are. */
const bytes = 10_000
const every = 10

let w: jobs.Account & { buffer?: ArrayBuffer }
let collectYoung: () => void
const setup = () => (w = Object.assign(new jobs.Account(), { buffer: new ArrayBuffer(bytes) }))
const work = defineJob<string>({ name: 'work', perform: (name) => jobs.fourAwaits(w, name) })

beforeAll(() => {
  setFlagsFromString('--expose-gc')
  const collect: (options: { type: 'minor' }) => void = runInNewContext('gc')
  collectYoung = () => collect({ type: 'minor' })
})

/** How many of the worlds of some runs a collection of young objects leaves over, as a rule. */
function survivors(): { look: () => true; median: () => number } {
  let runs = 0
  let before = 0
  const left: number[] = []
  const look = (): true => {
    if (++runs % every !== 0) return true
    collectYoung()
    const now = process.memoryUsage().arrayBuffers
    // Where old ones were collected meanwhile, nothing can be told.
    if (now >= before) left.push((now - before) / bytes)
    before = now
    return true
  }
  return { look, median: () => left.toSorted((a, b) => a - b)[left.length >> 1]! }
}

// When what is compiled is the machine's: on a busy one the first schedules may still run unoptimised.
test('of a schedule that survived nothing outlives a collection of young objects', { retry: 5 }, async () => {
  const { look, median } = survivors()
  const report = await exploreRaces([work.with('A'), work.with('B')], { setup, strategy: 'exhaustive' }, look)
  expect(report.summary).toMatchObject({ run: 70, failed: 0 })
  expect(median()).toBeLessThan(every / 2)
})
