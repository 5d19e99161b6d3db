import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  defineJob,
  type JobContext,
  type JobDefinition,
  memoryQueue,
  performAll,
  performAllAfter,
  performAllBefore,
  performAllWithin,
} from 'faultline'
import { describe, expect, test } from 'vitest'
import { patient } from '../../../fixtures/engine/time.ts'

const start = new Date('2026-01-01T00:00:00.000Z')
const at = (date: Date) => `+${(date.getTime() - start.getTime()) / 1000}s`
const fresh = () => memoryQueue({ now: start })

/** A job that fails its first `failures` attempts, and enqueues what it is told to before that. */
const flaky = (name: string, failures: number, first?: (context: JobContext) => unknown) =>
  defineJob<null>({
    name,
    async perform(_, context) {
      if (context.attempt === 1) await first?.(context)
      if (context.attempt <= failures) throw new Error(`${name} ${context.attempt}`)
    },
  })
const plain = flaky('plain', 0)

const ran = (performed: readonly { id: string; at: Date; attempt: number; outcome: string }[]) =>
  performed.map((record) => `${at(record.at)} ${record.id}/${record.attempt} ${record.outcome}`)

describe('production order', () => {
  test('all retries of a job go before one that it enqueued for later', async () => {
    const queue = fresh()
    await queue.enqueue(
      flaky('first', 3, (context) => context.enqueue(plain, null, { delay: '5m' })),
      null,
    )
    const { performed, now } = await performAll(queue)
    expect(ran(performed)).toEqual([
      '+0s first-1/1 failed',
      '+3s first-1/2 failed',
      '+6s first-1/3 failed',
      '+9s first-1/4 completed',
      '+300s plain-1/1 completed',
    ])
    expect(at(now)).toBe('+300s')
  })

  test('earliest first, then priority, then the order of enqueueing', async () => {
    const queue = fresh()
    const named = (name: string) => flaky(name, 0)
    await queue.enqueue(named('late'), null, { delay: '1s' })
    await queue.enqueue(named('low'), null, { priority: 5 })
    await queue.enqueue(named('second'), null)
    await queue.enqueue(named('third'), null)
    await queue.enqueue(named('urgent'), null, { priority: -1 })
    expect(ran((await performAll(queue)).performed).map((line) => line.split('/')[0])).toEqual([
      '+0s urgent-1',
      '+0s second-1',
      '+0s third-1',
      '+0s low-1',
      '+1s late-1',
    ])
  })

  test('a due job is performed before the retry that is due at the same time only if it waited longer', async () => {
    const queue = fresh()
    await queue.enqueue(flaky('retried', 1), null)
    await queue.enqueue(plain, null, { delay: '3s' })
    expect(ran((await performAll(queue)).performed)).toEqual([
      '+0s retried-1/1 failed',
      '+3s retried-1/2 completed',
      '+3s plain-1/1 completed',
    ])
  })

  test('a job in 14 days costs no real time', { retry: 3 }, async () => {
    const queue = fresh()
    await queue.enqueue(plain, null, { delay: '14d' })
    const startedMs = performance.now()
    expect(ran((await performAll(queue)).performed)).toEqual(['+1209600s plain-1/1 completed'])
    expect(performance.now() - startedMs).toBeLessThan(1_000)
  })
})

describe('cutoffs are exact', () => {
  const filled = async () => {
    const queue = fresh()
    for (const delay of [0, 3_999, 4_000, 4_001]) {
      await queue.enqueue(flaky(`at ${delay}`, 0), null, delay === 0 ? {} : { delay })
    }
    return queue
  }
  const names = (performed: readonly { name: string }[]) => performed.map(({ name }) => name)

  for (const perform of [performAllBefore, performAllWithin]) {
    for (const cutoff of ['4s', 4_000, new Date(start.getTime() + 4_000)] as const) {
      test(`${perform.name} ${cutoff instanceof Date ? 'a date' : cutoff}`, async () => {
        const queue = await filled()
        const { performed, pending } = await perform(queue, cutoff)
        expect(names(performed)).toEqual(['at 0', 'at 3999', 'at 4000'])
        expect(names(pending)).toEqual(['at 4001'])
      })
    }
  }

  test('performAllAfter', async () => {
    const queue = await filled()
    const { performed, pending } = await performAllAfter(queue, '4s')
    expect(names(performed)).toEqual(['at 4000', 'at 4001'])
    expect(names(pending)).toEqual(['at 0', 'at 3999'])
  })

  test('what a job enqueues before the cutoff is performed with it, what it enqueues for later is not', async () => {
    const chain = (context: JobContext) =>
      Promise.all([
        context.enqueue(plain, null, { delay: '2s' }),
        context.enqueue(plain, null),
        context.enqueue(plain, null, { delay: '2001ms' }),
      ])
    const queue = fresh()
    await queue.enqueue(flaky('chain', 0, chain), null, { delay: '2s' })
    const { performed, pending, now } = await performAllBefore(queue, '4s')
    expect(ran(performed)).toEqual([
      '+2s chain-1/1 completed',
      '+2s plain-2/1 completed',
      '+4s plain-1/1 completed',
    ])
    expect(pending.map(({ id, at: due }) => `${id} ${at(due)}`)).toEqual(['plain-3 +4.001s'])
    expect(at(now)).toBe('+4s')
  })

  test('a retry past the cutoff waits', async () => {
    const queue = fresh()
    await queue.enqueue(flaky('retried', 1), null)
    expect(ran((await performAllBefore(queue, 2_999)).performed)).toEqual(['+0s retried-1/1 failed'])
    expect(ran((await performAllBefore(queue, '3s')).performed)).toEqual(['+3s retried-1/2 completed'])
  })

  test.for([Number.NaN, -1, '4 s', 'soon', new Date(Number.NaN), null, 1e300] as never[])(
    '%o is no cutoff',
    async (cutoff) => {
      const queue = await filled()
      for (const perform of [performAllBefore, performAllAfter]) {
        await expect(perform(queue, cutoff)).rejects.toMatchObject({ code: 'FAULTLINE_BAD_TIME' })
      }
      expect((await queue.pending()).length).toBe(4)
    },
  )
})

describe('a job that dies', () => {
  const doomed = defineJob<{ n: number }>({
    name: 'doomed',
    attempts: 2,
    perform({ n }) {
      throw new TypeError(`no ${n}`)
    },
  })

  test('makes performAll throw when all else is done', async () => {
    const queue = fresh()
    await queue.enqueue(doomed, { n: 1 })
    await queue.enqueue(doomed, { n: 2 })
    await queue.enqueue(plain, null, { delay: '1h' })
    const error = await performAll(queue).catch((error) => error)
    expect([error.name, error.code, error.message]).toMatchInlineSnapshot(`
      [
        "FaultlineError",
        "FAULTLINE_JOB_DEAD",
        "2 jobs died:
        doomed-1 died on attempt 2: TypeError: no 1
        doomed-2 died on attempt 2: TypeError: no 2
        hint: Everything else was performed. Pass \`allowDead: true\` where death is what the test is about.",
      ]
    `)
    expect(error.cause).toMatchObject({ message: 'no 1' })
    expect(ran(queue.performed)).toEqual([
      '+0s doomed-1/1 failed',
      '+0s doomed-2/1 failed',
      '+3s doomed-1/2 dead',
      '+3s doomed-2/2 dead',
      '+3600s plain-1/1 completed',
    ])
    expect((await performAll(queue)).performed).toEqual([])
  })

  test('not with allowDead', async () => {
    const queue = fresh()
    await queue.enqueue(doomed, { n: 1 })
    const { dead } = await performAll(queue, { allowDead: true })
    expect(dead.map(({ id, attempt, outcome }) => [id, attempt, outcome])).toEqual([['doomed-1', 2, 'dead']])
  })
})

describe('a job that enqueues itself for ever', () => {
  const cron: JobDefinition<null> = defineJob<null>({
    name: 'cron',
    perform: (_, context) => context.enqueue(cron, null, { delay: '1h' }),
  })
  const spin: JobDefinition<null> = defineJob<null>({
    name: 'spin',
    perform: (_, context) => context.enqueue(spin, null),
  })

  test('ends at the limit, with its name, and the queue is whole', async () => {
    const queue = fresh()
    await queue.enqueue(cron, null)
    await queue.enqueue(plain, null)
    const error = await performAll(queue, { limit: 5 }).catch((error) => error)
    expect([error.code, error.message]).toMatchInlineSnapshot(`
      [
        "FAULTLINE_RUNAWAY",
        "The queue never drains: more than 5 deliveries; performed were cron, plain.
        hint: A job that enqueues itself for ever needs a cutoff: performAllBefore(queue, …), or \`within\` in a simulation. \`limit\` raises the bound.",
      ]
    `)
    expect(ran(queue.performed).length).toBe(5)
    expect((await queue.pending()).map(({ id }) => id)).toEqual(['cron-5'])
    expect(ran((await performAllBefore(queue, '2h')).performed)).toEqual([
      '+14400s cron-5/1 completed',
      '+18000s cron-6/1 completed',
    ])
  })

  test('with no delay ends at the default limit, in seconds', async () => {
    const queue = fresh()
    await queue.enqueue(spin, null)
    await expect(performAll(queue)).rejects.toMatchObject({ code: 'FAULTLINE_RUNAWAY' })
    expect(queue.performed.length).toBe(10_000)
  })

  test('exactly at the limit is no runaway', async () => {
    const queue = fresh()
    for (let i = 0; i < 5; i++) await queue.enqueue(plain, null)
    expect((await performAll(queue, { limit: 5 })).performed.length).toBe(5)
  })
})

describe('virtual time and randomness are where the job is', () => {
  const stamps: unknown[][] = []
  const stamping = defineJob<null>({
    name: 'stamping',
    async perform(_, context) {
      stamps.push([
        Date.now(),
        new Date().toISOString(),
        performance.now(),
        Math.random(),
        randomUUID(),
        crypto.randomUUID(),
      ])
      if (context.attempt === 1) throw new Error('once more')
    },
  })

  test('inside, and the same on every run; other on each attempt', async () => {
    const runOnce = async () => {
      stamps.length = 0
      const queue = fresh()
      await queue.enqueue(stamping, null, { delay: '1h' })
      await performAll(queue)
      return [...stamps]
    }
    const [first, second] = [await runOnce(), await runOnce()]
    expect(second).toEqual(first)
    const [one, two] = first as [unknown[], unknown[]]
    expect([one[0], one[1], two[1]]).toEqual([
      start.getTime() + 3_600_000,
      '2026-01-01T01:00:00.000Z',
      '2026-01-01T01:00:03.000Z',
    ])
    expect((two[2] as number) - (one[2] as number)).toBe(3_000)
    expect(new Set([one[3], two[3]]).size).toBe(2)
    expect(new Set([one[4], one[5], two[4], two[5]]).size).toBe(4)
    for (const uuid of [one[4], one[5]])
      expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  })

  test('outside, nothing is touched', async () => {
    const before = [Date, Math.random, performance.now, crypto.randomUUID]
    const queue = fresh()
    await queue.enqueue(stamping, null)
    const running = performAll(queue)
    expect(Math.abs(Date.now() - start.getTime())).toBeGreaterThan(1_000_000)
    await running
    expect([Date, Math.random, performance.now, crypto.randomUUID]).toEqual(before)
  })
})

describe('timers of first-party code', () => {
  test('a sleep of an hour costs no real time, in performAll as well', async () => {
    const queue = fresh()
    const naps: string[] = []
    await queue.enqueue(
      defineJob<null>({ name: 'nap', perform: () => patient.nap((text) => naps.push(text)) }),
      null,
    )
    const startedMs = performance.now()
    await performAll(queue)
    expect(naps).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-01T01:00:00.000Z'])
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })

  test('a job longer than its timeout fails there and is retried; its signal says so', async () => {
    const queue = fresh()
    const told: unknown[] = []
    const slow = defineJob<null>({
      name: 'slow',
      timeout: '10s',
      attempts: 2,
      async perform(_, context) {
        context.signal.addEventListener('abort', () => told.push((context.signal.reason as Error).message))
        if (context.attempt === 1) await new Promise(() => {})
      },
    })
    await queue.enqueue(slow, null)
    const { performed } = await performAll(queue)
    expect(ran(performed)).toEqual(['+0s slow-1/1 timedOut', '+13s slow-1/2 completed'])
    expect(told).toMatchInlineSnapshot(`
      [
        "slow-1 ran longer than its timeout of 10000 ms (attempt 1).",
      ]
    `)
    expect((performed[0]!.error as Error).message).toBe(told[0])
  })

  test('real timers outside of first-party code stay real', async () => {
    const queue = fresh()
    await queue.enqueue(defineJob<null>({ name: 'real', perform: () => sleep(5) }), null)
    const startedMs = performance.now()
    await performAll(queue)
    expect(performance.now() - startedMs).toBeGreaterThan(4)
  })
})

test('the payload is a copy for each delivery', async () => {
  const queue = fresh()
  const seen: unknown[] = []
  const mutating = defineJob<{ list: number[] }>({
    name: 'mutating',
    perform(payload, { attempt }) {
      seen.push(structuredClone(payload))
      payload.list.push(attempt)
      if (attempt === 1) throw new Error('again')
    },
  })
  await queue.enqueue(mutating, { list: [] })
  const { performed } = await performAll(queue)
  expect(seen).toEqual([{ list: [] }, { list: [] }])
  expect(performed[0]!.payload).toEqual({ list: [] })
})

test.for([
  [null, 'The options of performAll must be an object: received null.'],
  [5, 'The options of performAll must be an object: received 5.'],
  [
    { allowDeaf: true },
    "performAll has no option 'allowDeaf'; allowed are allowDead, limit.\n  hint: Did you mean 'allowDead'?",
  ],
  [{ within: '4s' }, "performAll has no option 'within'; allowed are allowDead, limit."],
  ...([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, null] as const).map(
    (limit) =>
      [{ limit }, `The option 'limit' of performAll must be a whole number ≥ 1: received ${limit}.`] as const,
  ),
  [{ limit: '5' }, "The option 'limit' of performAll must be a whole number ≥ 1: received '5'."],
] as const)('performAll(queue, %o) is an error, and nothing is performed', async ([options, message]) => {
  const queue = fresh()
  await queue.enqueue(plain, null)
  const error = await performAll(queue, options as never).catch((error) => error)
  expect([error.code, error.message]).toEqual(['FAULTLINE_BAD_OPTION', message])
  const cut = await performAllBefore(queue, '4s', options as never).catch((error) => error)
  expect(cut.message).toBe(message.replaceAll('performAll', 'performAllBefore'))
  expect(queue.performed).toEqual([])
  expect(await queue.pending()).toHaveLength(1)
})

test.for([undefined, null, 7, {}])('performAll(%o) is an error', async (queue) => {
  const error = await performAll(queue as never).catch((error) => error)
  expect(error.message).toBe(
    `performAll(queue) takes a queue: received ${queue === null ? 'null' : typeof queue}.\n  hint: Make one with memoryQueue(), or with the adapter of your queue library.`,
  )
})
