import {
  defineJob,
  delay,
  type FaultName,
  type Glitch,
  glitchAt,
  memoryQueue,
  performAll,
  runScenario,
  type SimulationReport,
  simulate,
} from 'faultline'
import { describe, expect, test } from 'vitest'
import * as jobs from '../../../fixtures/engine/overtaken.ts'
import { World } from '../../helpers/engine-world.ts'
import { brief } from '../../helpers/timeline.ts'

const file = 'fixtures/engine/overtaken.ts'
type Perform = (w: World, context: { attempt: number }) => unknown

function jobOf(perform: Perform, world: () => World) {
  return defineJob<null>({
    name: 'job',
    timeout: '90m',
    perform: (_, context) => perform(world(), context),
  })
}

async function strike(perform: Perform, glitch: Glitch[]) {
  const world = new World()
  const scenario = { glitch, hangAfterMs: 1_000, now: new Date(0) }
  const { timeline } = await runScenario(jobOf(perform, () => world).with(null), scenario, () => {})
  return { timeline: brief(timeline), log: world.log.map(({ delivery, what }) => `${delivery} ${what}`) }
}

describe('an attempt whose time is up', () => {
  test('two delays that together pass the time-out are one', async () => {
    const { timeline, log } = await strike(jobs.threeParts, [
      glitchAt(file, "await w.io('two')", delay('1h'), { attempt: 1 }),
      glitchAt(file, "await w.io('three')", delay('1h'), { attempt: 1 }),
    ])
    expect(timeline).toEqual([
      '+0s enqueued',
      '+0s started 1 (worker 1)',
      '+0s glitched 1 (worker 1) delay at line',
      '+3600s glitched 1 (worker 1) delay at line',
      '+5400s failed 1 (worker 1) FaultlineError: job-1 ran longer than its timeout of 5400000 ms (attempt 1).',
      '+5403s retried 2 (worker 1)',
      '+5403s completed 2 (worker 1)',
      '+7200s refused 1 (worker 1) its time was up; it returned',
    ])
    expect(log.filter((entry) => entry.startsWith('1'))).toEqual(['1 one', '1 two', '1 three'])
    expect(log.filter((entry) => entry.startsWith('2'))).toEqual(['2 one', '2 two', '2 three'])
  })

  test('a sleep that passes it is one, and the run ends when the old code has', async () => {
    let world = new World()
    const setup = () => (world = new World())
    const logs: string[] = []
    const report = await simulate<World>(
      jobOf(jobs.slowAtFirst, () => world).with(null),
      (run, w) => void (run.faults.length === 0 && logs.push(w.of(1), w.of(2))),
      { setup, now: new Date(0) },
    )
    expect(logs.slice(0, 2)).toEqual(['begins goes on ends', 'begins goes on ends'])
    expect(report.failures.map(({ id, error }) => `${id} ${error?.message}`)).toEqual([])
    expect(report.points.filter(({ attempt }) => attempt === 1).length).toBeGreaterThan(5)
    expect(report.summary.survived).toBeGreaterThan(20)
  })

  test('one that hangs is what a time-out is for', async () => {
    let world = new World()
    const setup = () => (world = new World())
    const report = await simulate<World>(jobOf(jobs.hangsAtFirst, () => world).with(null), () => {}, {
      setup,
      faults: ['crash'],
      hangAfterMs: 1_000,
      now: new Date(0),
    })
    expect(report.failures.map(({ id, error }) => `${id} ${error?.message}`)).toEqual([])
    world = new World()
    const queue = memoryQueue({ now: new Date(0) })
    await queue.enqueue(
      jobOf(jobs.hangsAtFirst, () => world),
      null,
    )
    const { performed } = await performAll(queue)
    expect(performed.map(({ outcome }) => outcome)).toEqual(['timedOut', 'completed'])
  })
})

describe('timers beside a delivery that stands still', () => {
  const run = (perform: Perform, faults: readonly FaultName[], depth = 1) => {
    let world = new World()
    const job = defineJob<null>({ name: 'job', perform: (_, context) => perform(world, context) })
    const setup = () => (world = new World())
    return simulate<World>(job.with(null), () => {}, { setup, faults, depth, now: new Date(0) })
  }
  const told = ({ failures }: SimulationReport) => failures.map(({ id, error }) => `${id} ${error?.message}`)

  test('none fires between two statements that nothing can come between', async () => {
    const report = await run(jobs.guarded, ['stall', 'delay'])
    expect(told(report)).toEqual([])
    expect(report.summary.survived).toBeGreaterThan(10)
  })

  test('a heartbeat does not beat for a month', async () => {
    const startedMs = performance.now()
    const report = await run(jobs.beating, ['delay'])
    expect(told(report)).toEqual([])
    expect(report.summary.survived).toBeGreaterThan(10)
    expect(performance.now() - startedMs).toBeLessThan(15_000)
  })

  test('what a frozen worker is about to await may be rejected meanwhile', async () => {
    const report = await run(jobs.together, ['stall', 'error'], 2)
    expect(told(report)).toEqual([])
    expect(report.summary.survived).toBeGreaterThan(50)
  })
})
