import {
  archivePayloads,
  crash,
  cutOnCrash,
  type DeliveryRecord,
  type DueJob,
  type Duration,
  defineJob,
  defineSimulation,
  delay,
  type EnqueueOptions,
  enqueuedBy,
  error,
  exploreRaces,
  type FaultName,
  type Glitch,
  glitchAfterAwait,
  glitchAfterLine,
  glitchAt,
  glitchBeforeCall,
  glitchBeforeLine,
  glitchBeforeReturn,
  interrupt,
  type JobDefinition,
  type JobRequest,
  memoryQueue,
  once,
  outside,
  type Performed,
  type Point,
  performAll,
  performAllAfter,
  performAllBefore,
  performAllWithin,
  type QueueAdapter,
  type RaceReport,
  type RaceResult,
  redelivery,
  rival,
  runRace,
  runRaces,
  runScenario,
  runSimulation,
  type ScenarioResult,
  type SimulationOptions,
  type SimulationReport,
  simulate,
  simulateWorkers,
  stall,
  type TimelineEvent,
  timeout,
  trace,
  type When,
  type Work,
} from 'faultline'
import { testRaces, testSimulation } from 'faultline/vitest'
import { expectTypeOf, test } from 'vitest'

// What programs outside of this repository are written against: names, arguments, results. Nothing here runs.

const small = defineJob<{ id: number }>({ name: 'small', perform: ({ id }) => id })
const charge = defineJob<{ orderId: number; at: Date }>({
  name: 'charge',
  async perform({ orderId, at }, context) {
    expectTypeOf(at).toEqualTypeOf<string>()
    expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>()
    expectTypeOf(context.redelivered).toEqualTypeOf<boolean>()
    expectTypeOf([context.attempt, context.maxAttempts, orderId]).toEqualTypeOf<number[]>()
    expectTypeOf([context.id, context.name]).toEqualTypeOf<string[]>()
    expectTypeOf(context.connection).toEqualTypeOf<unknown>()
    await context.enqueue(small.with({ id: 1 }))
    expectTypeOf(await context.enqueue(small, { id: 1 }, { delay: '5m' })).toEqualTypeOf<string>()
  },
  attempts: 3,
  backoff: (attempt, failure) => (failure === undefined ? '3s' : attempt * 1_000),
  timeout: '1m',
  lock: 30_000,
  onDead: (payload, failure, context) => [payload.orderId, failure, context.id],
})
const work = charge.with({ orderId: 7, at: new Date() }, { delay: '5m' })

test('jobs and work', () => {
  expectTypeOf(charge).toEqualTypeOf<JobDefinition<{ orderId: number; at: Date }>>()
  expectTypeOf(work).toEqualTypeOf<JobRequest>()
  const use = () => {
    for (const backoff of [
      250,
      '3s',
      { type: 'fixed', delay: '3s' },
      { type: 'exponential', delay: 1 },
    ] as const)
      defineJob<null>({ name: 'job', load: () => import('node:path'), backoff })
    charge.with(async () => ({ orderId: 7, at: new Date() }), { runAt: new Date(), priority: 1, key: 'k' })
    const works: Work[] = [work, () => 1, async () => {}, enqueuedBy(() => {}), once(() => {})]
    return works
  }
  expectTypeOf(use).returns.toEqualTypeOf<Work[]>()
  expectTypeOf<keyof EnqueueOptions>().toEqualTypeOf<'delay' | 'runAt' | 'priority' | 'key'>()
  expectTypeOf<250 | '250ms' | '3s' | '5m' | '2h' | '14d'>().toExtend<Duration>()
  expectTypeOf<Date | Duration>().toEqualTypeOf<When>()
})

test('the embedded queue', () => {
  const use = async () => {
    const queue = memoryQueue({ jobs: [charge, small], now: new Date() })
    expectTypeOf(queue).toExtend<QueueAdapter>()
    expectTypeOf(await queue.enqueue(small, { id: 1 }, { delay: 5 })).toEqualTypeOf<string>()
    expectTypeOf(await queue.enqueue(work)).toEqualTypeOf<string>()
    expectTypeOf(await queue.pending()).toEqualTypeOf<DueJob[]>()
    expectTypeOf([queue.performed, queue.dead]).toEqualTypeOf<DeliveryRecord[][]>()
    expectTypeOf(queue.now).toEqualTypeOf<Date>()
    expectTypeOf(await queue.clear()).toEqualTypeOf<void>()
    expectTypeOf(await performAll(queue, { allowDead: true, limit: 9 })).toEqualTypeOf<Performed>()
    await performAllBefore(queue, '4s', { allowDead: true })
    await performAllWithin(queue, new Date())
    expectTypeOf(await performAllAfter(queue, 4_000)).toEqualTypeOf<Performed>()
  }
  expectTypeOf(use).toBeFunction()
  expectTypeOf<Performed>().toExtend<{
    performed: DeliveryRecord[]
    dead: DeliveryRecord[]
    pending: DueJob[]
    now: Date
  }>()
  expectTypeOf<DeliveryRecord>().toExtend<{
    id: string
    name: string
    payload: unknown
    attempt: number
    at: Date
    outcome: string
    error?: unknown
  }>()
})

const setup = () => ({ orders: [7] })
const options: SimulationOptions<{ orders: number[] }> = {
  name: 'charge',
  queue: async () => memoryQueue(),
  boot: () => () => {},
  setup: async ({ queue, signal }) => ({ orders: [(await queue.pending()).length, Number(signal.aborted)] }),
  teardown: ({ orders }) => orders.length,
  snapshot: ({ orders }) => orders,
  mask: ['orders[*].paidAt', /At$/],
  faults: ['error', 'crash', error(() => new TypeError('fetch failed')), rival(async () => {}), 'exhaust'],
  whenDead: (run, { orders }) => run.dead.length === orders.length,
  payloads: [{ order: 7 }],
  depth: 2,
  hits: 3,
  errors: 'everywhere',
  points: (point) => point.line > 3,
  within: '14d',
  now: new Date(),
  virtualTimers: ['p-retry'],
  keep: ['src/db.ts'],
  onCrash: cutOnCrash({}),
  restart: async () => {},
  checks: { completes: true, settled: true, rejections: false, drained: false },
  prune: { state: () => 1 },
  maxScenarios: 100,
  seed: 1,
  maxDeliveries: 10,
  hangAfterMs: 100,
  budgetMs: 1_000,
  signal: new AbortController().signal,
  onProgress: (done, total) => done / total,
}

test('simulations: assertions and options in either order', () => {
  const use = async () => {
    const report = await simulate(work, (run, { orders }) => run.faults.length < orders.length, options)
    await simulate(work, { setup }, (_run, { orders }) => orders.length === 1)
    await runSimulation(work, (_run, world) => world.orders.length === 1, { setup, faults: 'all' })
    await simulate(work, { setup, snapshot: ({ orders }) => orders })
    const simulation = defineSimulation('charge', work, { setup }, (_run, { orders }) => orders.length === 1)
    for await (const result of simulation) expectTypeOf(result).toEqualTypeOf<ScenarioResult>()
    testSimulation('charge', work, { setup, each: true }, (_run, { orders }) => void orders)
    testRaces('twice', [work, redelivery(work)], (_run, { orders }) => void orders, { setup })
    for (const register of [testSimulation.only, testSimulation.skip]) register('charge', work, () => {})
    testSimulation.todo('charge')
    expectTypeOf(await trace(work, { setup })).toEqualTypeOf<Point[]>()
    return report
  }
  expectTypeOf(use).returns.resolves.toEqualTypeOf<SimulationReport>()
  expectTypeOf<SimulationReport>().toExtend<{
    name: string
    points: Point[]
    scenarios: ScenarioResult[]
    failures: ScenarioResult[]
    causes: { reason: string; message: string; point?: Point; scenarios: string[] }[]
    toString(): string
  }>()
  expectTypeOf<SimulationReport['summary']>().toExtend<
    Record<'points' | 'scenarios' | 'survived' | 'failed' | 'unreached' | 'flaky' | 'beyondPolicy', number> &
      Record<'skipped' | 'resilience' | 'durationMs' | 'seed', number> & {
        notApplicable: Record<string, string>
        exhaustive: boolean
        now: string
      }
  >()
  expectTypeOf<ScenarioResult>().toExtend<{
    id: string
    faults: readonly { fault: FaultName; point: Point }[]
    outcome: 'survived' | 'failed' | 'unreached' | 'flaky' | 'beyond-policy'
    reason?: string
    approximate?: string
    timing?: 'real'
    error?: Error
    replay: string
    timeline: readonly TimelineEvent[]
  }>()
  expectTypeOf<Point>().toExtend<
    Record<'key' | 'kind' | 'file' | 'function' | 'job', string> &
      Record<'line' | 'column' | 'hit' | 'attempt', number>
  >()
})

test('glitches and faults', () => {
  const use = async () => {
    const glitches: Glitch[] = [
      glitchBeforeLine('src/jobs/charge.ts:14'),
      glitchBeforeLine('src/jobs/charge.ts:14', crash({ unwind: false }), { hit: 2, attempt: 1 }),
      glitchAfterLine('src/jobs/charge.ts:14', stall()),
      glitchBeforeCall('Mailer#deliver', interrupt({ grace: '10s' }), { args: ['a@b.c'] }),
      glitchBeforeReturn('chargeOrder', timeout(), { returns: { paid: true } }),
      glitchAfterAwait('src/jobs/charge.ts:14', delay('1h')),
      glitchAt('src/jobs/charge.ts', 'await stripe.charge'),
      glitchAt('src/jobs/charge.ts', /await stripe/, error(new Error('no')), { hit: 1 }),
    ]
    await runScenario(work, { glitch: glitches, setup }, (_run, { orders }) => orders.length === 1)
    return runScenario(work, { glitch: glitches[0]! })
  }
  expectTypeOf(use).returns.resolves.toEqualTypeOf<ScenarioResult>()
})

test('races', () => {
  const use = async () => {
    const works = [work, redelivery(work)]
    const result = await runRace(
      works,
      { schedule: 'AABAB', setup },
      (_run, { orders }) => orders.length === 1,
    )
    expectTypeOf(result).toEqualTypeOf<RaceResult>()
    expectTypeOf(result.schedule).toEqualTypeOf<string>()
    await exploreRaces(works, () => true, { strategy: { pct: { depth: 2, runs: 9 } }, granularity: 'line' })
    await exploreRaces(works, () => true, { strategy: 'exhaustive', budget: 10, blockedAfterMs: 100 })
    return runRaces(works, { strategy: { preemptions: 2 }, connect: (worker) => worker }, () => true)
  }
  expectTypeOf(use).returns.resolves.toEqualTypeOf<RaceReport>()
  expectTypeOf<RaceReport['summary']>().toExtend<
    Record<'schedules' | 'guarantee', string> &
      Record<'run' | 'failed' | 'deadlocks' | 'seed' | 'durationMs', number> & { exhaustive: boolean }
  >()
})

test('the rest', () => {
  const fake = outside({ charges: { create: async (amount: number) => `${amount}` } })
  expectTypeOf(fake.charges.create).returns.resolves.toEqualTypeOf<string>()
  expectTypeOf(archivePayloads).toBeCallableWith(charge, 'payloads.json')
  expectTypeOf(simulateWorkers).returns.resolves.toEqualTypeOf<SimulationReport>()
})
