import {
  defineJob,
  type JobContext,
  type JobOptions,
  type RunInfo,
  type SimulationOptions,
  simulate,
} from 'faultline'
import { afterEach, describe, expect, test, vi } from 'vitest'
import * as jobs from '../../../fixtures/engine/depth.ts'
import { enqueuesThrice } from '../../../fixtures/engine/enqueues.ts'
import { siblings } from '../../../fixtures/engine/faults.ts'
import { World } from '../../helpers/engine-world.ts'

type Options = SimulationOptions<World>

function simulated(
  perform: (w: World) => unknown,
  options: Options,
  definition: Partial<JobOptions<null>> = {},
  judge: (run: RunInfo, w: World) => unknown = () => {},
) {
  let world = new World()
  const job = defineJob<null>({ name: 'job', perform: () => perform(world), ...definition })
  const setup = () => (world = new World())
  return simulate<World>(job.with(null), judge, { setup, now: new Date(0), hits: 'all', ...options })
}

const sets = (ids: readonly string[]) => ids.map((id) => id.split('+').toSorted().join('+'))

/** What is compensated is compensated once, and whole. */
const compensatedWhole = (_: RunInfo, w: World) => {
  const count = (wanted: string) => w.log.filter(({ what }) => what === wanted).length
  return count('compensating') === count('compensated')
}

describe('how many scenarios: R₁ = points, R₂ = Σ (points executed after the first fault)', () => {
  // `counted` has p = 4 points: two lines, the return, the settle.
  test.for([
    // A crash strikes at each of the 4, and after each the second delivery has all 4: R₁ = 4, R₂ = 4 · 4.
    { faults: ['crash'], first: 4, second: 4 * 4 },
    // An error cannot strike at an implicit return: R₁ = 3, and the retry has 3 again: R₂ = 3 · 3.
    { faults: ['error'], first: 3, second: 3 * 3 },
    // Both: 4 + 3 = 7 at first, and 7 in the second delivery after each: R₂ = 7 · 7.
    { faults: ['error', 'crash'], first: 7, second: 7 * 7 },
  ] as const)('$faults', async ({ faults, first, second }) => {
    const report = await simulated(jobs.counted, { faults, depth: 2 })
    const sizes = report.scenarios.map(({ faults }) => faults.length)
    expect(sizes.filter((size) => size === 1)).toHaveLength(first)
    expect(sizes.filter((size) => size === 2)).toHaveLength(second)
    expect(report.summary).toMatchObject({ survived: first + second, exhaustive: true, skipped: 0 })
  })

  test('depth 3 goes on the same way', async () => {
    const report = await simulated(jobs.counted, { faults: ['crash'], depth: 3 })
    expect(report.scenarios).toHaveLength(4 + 4 * 4 + 4 * 4 * 4)
    expect(report.summary.survived).toBe(84)
  })

  test('a catch block is only there after a fault', async () => {
    // First: before line 12, at the end of the try, at settle. After the first two: the two lines of the catch and
    // settle, in the same delivery; after settle: the whole second delivery. R₂ = 3 + 3 + 3.
    const report = await simulated(jobs.caught, { faults: ['error'], depth: 2 })
    const second = report.scenarios.filter(({ faults }) => faults.length === 2)
    expect(report.scenarios).toHaveLength(3 + 9)
    expect(second.filter(({ faults }) => faults[1]!.point.attempt === 1)).toHaveLength(6)
    expect(second.filter(({ faults }) => faults[1]!.point.attempt === 2)).toHaveLength(3)
  })

  test.for([
    ['error', 'crash'],
    ['stall', 'delay'],
  ] as const)('each set of faults once, in whatever order branches run: %s', async (faults) => {
    const report = await simulated(siblings, { faults, depth: 2 })
    const ids = report.scenarios.map(({ id }) => id)
    expect(new Set(sets(ids)).size).toBe(ids.length)
    expect(report.failures).toEqual([])
  })
})

test('two faults at one place of the queue: each strikes at its own hit', async () => {
  const child = defineJob<number>({ name: 'child', perform: () => {} })
  const perform = (_payload: null, context: JobContext) => enqueuesThrice(context, child)
  const parent = defineJob<null>({ name: 'parent', perform })
  const report = await simulate(parent.with(null), () => {}, { faults: ['delay'], depth: 2 })
  expect(report.failures.map(({ id }) => id)).toEqual([])
  expect(report.scenarios.map(({ id }) => id)).toContain(
    'delay:1h@before-enqueue:child#2+delay:1h@before-enqueue:child#3',
  )
})

describe('what is reported', () => {
  test('what fails with one fault is not run again with two', async () => {
    const judge = (run: RunInfo) => !run.faults.some(({ point }) => point.line === 5 && point.attempt === 1)
    const report = await simulated(jobs.counted, { faults: ['crash'], depth: 2 }, {}, judge)
    expect(report.failures.map(({ id }) => id)).toEqual(['crash@fixtures/engine/depth.ts:5'])
    // The 3 that survived have 4 continuations each.
    expect(report.scenarios).toHaveLength(4 + 3 * 4)
  })

  test('what takes two faults names both, and is one cause', async () => {
    const options: Options = { faults: ['error'], depth: 2 }
    const report = await simulated(jobs.needsTwo, options, {}, compensatedWhole)
    expect(report.failures.map(({ id }) => id)).toEqual([
      'error@fixtures/engine/depth.ts:22+error@fixtures/engine/depth.ts:25',
      'error@await:fixtures/engine/depth.ts:22+error@fixtures/engine/depth.ts:25',
    ])
    expect(report.causes).toHaveLength(1)
    expect((await simulated(jobs.needsTwo, { ...options, depth: 1 }, {}, compensatedWhole)).failures).toEqual(
      [],
    )
  })

  test('faults that alone use up the attempts are beyond policy, not failures', async () => {
    const report = await simulated(jobs.counted, { faults: ['error'], depth: 2 }, { attempts: 2 })
    // Two lines can fail in either attempt: 2 · 2. A lost acknowledgement consumes no attempt.
    expect(report.summary).toMatchObject({ beyondPolicy: 4, survived: 8, failed: 0, resilience: 1 })
    const beyond = report.scenarios.filter(({ outcome }) => outcome === 'beyond-policy')
    expect(beyond.every(({ id }) => !id.includes('settle'))).toBe(true)
  })

  test('a lost acknowledgement does not excuse a job that fails by itself', async () => {
    const perform = (w: World) => {
      if (w.library.push('run') === 3) throw new Error('its own')
      jobs.counted(w)
    }
    const report = await simulated(perform, { faults: ['error'], depth: 2 }, { attempts: 2 })
    const lost = report.scenarios.filter(({ id }) => id.startsWith('error@settle+error@fixtures'))
    expect(lost.map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual(['failed dead', 'failed dead'])
  })

  test('too many are sampled, and the report says so', async () => {
    const report = await simulated(jobs.counted, { faults: ['crash'], depth: 2, maxScenarios: 10 })
    expect(report.scenarios).toHaveLength(10)
    expect(report.summary).toMatchObject({ exhaustive: false, skipped: 10 })
    expect(report.summary.notCovered.sampled).toBe('sampled 10 of 20 scenarios')
  })
})

describe('replay', () => {
  afterEach(() => vi.unstubAllEnvs())

  test('a token of two faults runs just that scenario', async () => {
    const options: Options = { faults: ['error'], depth: 2 }
    const [failure] = (await simulated(jobs.needsTwo, options, {}, compensatedWhole)).failures
    vi.stubEnv('FAULTLINE_REPLAY', failure!.replay)
    const report = await simulated(jobs.needsTwo, options, {}, compensatedWhole)
    expect(report.scenarios.map(({ id, outcome }) => [id, outcome])).toEqual([[failure!.id, 'failed']])
    expect(report.scenarios[0]!.timeline).toEqual(failure!.timeline)
    expect(report.summary.exhaustive).toBe(false)
  })

  test('a second fault that does not exist is a clear error', async () => {
    const options: Options = { faults: ['error'], depth: 2 }
    const [failure] = (await simulated(jobs.needsTwo, options, {}, compensatedWhole)).failures
    vi.stubEnv('FAULTLINE_REPLAY', failure!.replay.replace(/depth\.ts:25 /, 'depth.ts:99 '))
    const replayed = simulated(jobs.needsTwo, options, {}, compensatedWhole)
    await expect(replayed).rejects.toMatchObject({ code: 'FAULTLINE_REPLAY' })
  })
})

describe('bad depth', () => {
  test.for([0, -1, 1.5, Number.NaN, '2', null])('%s', async (depth) => {
    const ran = simulated(jobs.counted, { depth: depth as never })
    await expect(ran).rejects.toMatchObject({
      code: 'FAULTLINE_BAD_OPTION',
      message: expect.stringContaining('depth: received'),
    })
  })

  test('beyond the attempts of the job', async () => {
    const ran = simulated(jobs.counted, { depth: 3 }, { attempts: 2 })
    await expect(ran).rejects.toMatchObject({
      code: 'FAULTLINE_BAD_OPTION',
      message: expect.stringContaining("depth: received 3; the job 'job' has 2 attempts"),
    })
  })
})
