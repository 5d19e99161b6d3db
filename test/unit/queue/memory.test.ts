import { describe, expect, test } from 'vitest'
import { type ContextDelivery, execution } from '../../../src/model/context.ts'
import { FaultlineError } from '../../../src/model/error.ts'
import { requestBrand } from '../../../src/model/job.ts'
import { defineJob, memoryQueue } from '../../../src/queue/index.ts'
import { deliver, drain, end } from '../../contract/harness.ts'

const now = new Date('2026-01-01T00:00:00Z')
const noop = (): void => undefined
const charge = defineJob<{ orderId: number }>({ name: 'charge', perform: noop })
const mail = defineJob<string>({ name: 'mail', perform: noop })

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  )
  return error instanceof FaultlineError ? `${error.code}: ${error.message}` : String(error)
}

test('ids count per name since the last clear', async () => {
  const queue = memoryQueue({ now })
  const ids = [
    await queue.enqueue(charge, { orderId: 1 }),
    await queue.enqueue(mail, 'a'),
    await queue.enqueue(charge.with({ orderId: 2 })),
  ]
  expect(ids).toEqual(['charge-1', 'mail-1', 'charge-2'])
  await queue.clear()
  expect(await queue.enqueue(charge, { orderId: 3 })).toBe('charge-1')
})

test('virtual time starts at the wall clock, or at now', () => {
  const before = Date.now()
  expect(memoryQueue().now.getTime()).toBeGreaterThanOrEqual(before)
  expect(memoryQueue({ now }).now).toEqual(now)
})

describe('what it takes', () => {
  test.each([
    ['no object', 5, 'FAULTLINE_BAD_OPTION: memoryQueue takes an object of options: received 5.'],
    [
      'a misspelt option',
      { job: [] },
      "FAULTLINE_BAD_OPTION: memoryQueue has no option 'job'; allowed are jobs, now.\n  hint: Did you mean 'jobs'?",
    ],
    [
      'what are no jobs',
      { jobs: [{}] },
      "FAULTLINE_BAD_OPTION: The option 'jobs' of memoryQueue must be a list of what defineJob returned: received an array.",
    ],
    [
      'what is no time',
      { now: 5 },
      "FAULTLINE_BAD_TIME: The option 'now' of memoryQueue is no time: received 5; allowed is a valid Date.",
    ],
  ])('%s', async (_what, options, message) => {
    expect(await messageOf(Promise.resolve().then(() => memoryQueue(options as never)))).toBe(message)
  })
})

describe('which job', () => {
  test('a known job by its name', async () => {
    const queue = memoryQueue({ jobs: [charge], now })
    const starter = defineJob<null>({
      name: 'starter',
      perform: (_payload, context) => context.enqueue('charge' as never, { orderId: 2 } as never),
    })
    expect(await queue.enqueue('charge', { orderId: 1 }, { delay: '5s', key: 'k' })).toBe('charge-1')
    expect(await queue.enqueue('charge', { orderId: 1 }, { key: 'k' })).toBe('charge-1')
    await queue.enqueue(starter, null)
    await deliver(queue)
    expect(queue.performed).toMatchObject([{ name: 'starter', outcome: 'completed', result: 'charge-2' }])
    expect(await queue.pending()).toMatchObject([
      { id: 'charge-2', payload: { orderId: 2 }, at: now },
      { id: 'charge-1', payload: { orderId: 1 }, at: new Date(now.getTime() + 5_000) },
    ])
    expect(await queue.enqueue('starter', null)).toBe('starter-2')
    expect(await messageOf(queue.enqueue('charge', 1, { dealy: 1 } as never))).toContain(
      "Did you mean 'delay'?",
    )
  })

  test('a request with a payload or options beside it is refused', async () => {
    const queue = memoryQueue({ now })
    const enqueue = queue.enqueue.bind(queue) as (...args: unknown[]) => Promise<string>
    const text =
      "FAULTLINE_BAD_OPTION: An enqueue of 'mail' was given a request and more: a request holds its own payload and options.\n" +
      '  hint: Write enqueue(job.with(payload, options)), or enqueue(job, payload, options).'
    expect(await messageOf(enqueue(mail.with('x'), 'y'))).toBe(text)
    expect(await messageOf(enqueue(mail.with('x'), undefined, { delay: '5s' }))).toBe(text)
    expect(await queue.pending()).toEqual([])
    const inside = defineJob<null>({
      name: 'inside',
      attempts: 1,
      perform: (_, context) => (context.enqueue as typeof enqueue)(mail.with('x'), 'y', {}),
    })
    await queue.enqueue(inside, null)
    await deliver(queue)
    expect(queue.dead).toMatchObject([{ error: { code: 'FAULTLINE_BAD_OPTION' } }])
    expect(await enqueue(mail.with('x'), undefined, undefined)).toBe('mail-1')
  })

  test('an unknown name, and what is no job', async () => {
    const queue = memoryQueue({ jobs: [charge, mail] })
    expect(await messageOf(queue.enqueue('chrage', 1))).toBe(
      "FAULTLINE_UNKNOWN_JOB: There is no job 'chrage' in this queue; known are charge, mail.\n  hint: Did you mean 'charge'?",
    )
    expect(await messageOf(memoryQueue().enqueue('charge', 1))).toBe(
      "FAULTLINE_UNKNOWN_JOB: There is no job 'charge' in this queue; this queue knows no job yet.\n" +
        '  hint: Enqueue what defineJob returned; by name, what is in memoryQueue({ jobs: [...] }).',
    )
    expect(await messageOf(queue.enqueue(undefined as never))).toBe(
      'FAULTLINE_UNKNOWN_JOB: Only jobs can be enqueued: received undefined; allowed is what defineJob or job.with() returned, ' +
        'or the name of a job that the queue knows.',
    )
  })

  test('a request without a definition finds a known job by name', async () => {
    const queue = memoryQueue({ jobs: [mail] })
    const request = (name: string) => ({ [requestBrand]: true as const, name, payload: 'x', options: {} })
    expect(await queue.enqueue(request('mail'))).toBe('mail-1')
    expect(await messageOf(queue.enqueue(request('mial')))).toContain("There is no job 'mial'")
  })

  test('two jobs of one name are refused, the same one loaded again is not', async () => {
    const queue = memoryQueue({ now })
    await queue.enqueue(charge, { orderId: 1 })
    const other = defineJob<{ orderId: number }>({ name: 'charge', perform: () => 'other' })
    expect(await messageOf(queue.enqueue(other, { orderId: 2 }))).toBe(
      "FAULTLINE_BAD_JOB: Two different jobs are named 'charge' in one queue; allowed is one definition per name.\n" +
        '  hint: Rename one of them, or enqueue the same defineJob result everywhere.',
    )
    expect(await queue.pending()).toHaveLength(1)
    const load = (result: string[]) => defineJob<null>({ name: 'loaded', perform: () => result.push('ran') })
    const [old, fresh]: string[][] = [[], []]
    await queue.enqueue(load(old!), null)
    await queue.enqueue(load(fresh!), null)
    await drain(queue)
    expect([old, fresh]).toEqual([[], ['ran', 'ran']])
  })
})

describe('times past the range of Date', () => {
  const past = (what: string, received: unknown): string =>
    `FAULTLINE_BAD_TIME: ${what} is no time: received ${received}; allowed is what ends within the range of Date, ` +
    'by +275760-09-13T00:00:00.000Z.'

  test.each([
    [1e300, '1e+300'],
    [8.64e15, '8640000000000000'],
    ['999999999999d' as const, "'999999999999d'"],
  ])('a delay of %s', async (delay, received) => {
    const queue = memoryQueue({ now })
    expect(await messageOf(queue.enqueue(mail, 'x', { delay }))).toBe(
      past("The delay of an enqueue of 'mail'", received),
    )
    expect(await queue.enqueue(mail, 'x', { delay: 8.64e15 - now.getTime() })).toBe('mail-1')
    expect(await queue.pending()).toMatchObject([{ at: new Date(8.64e15) }])
  })

  test('a job.with, and the options of a job', async () => {
    const of = (make: () => unknown) => messageOf(Promise.resolve().then(make))
    expect(await of(() => mail.with('x', { delay: 1e300 }))).toBe(
      past("The delay of an enqueue of 'mail'", '1e+300'),
    )
    for (const option of ['timeout', 'lock', 'backoff']) {
      expect(await of(() => defineJob({ name: 'a', perform: noop, [option]: 1e300 }))).toBe(
        past(`The ${option} of job 'a'`, '1e+300'),
      )
    }
    const backoff = { type: 'fixed', delay: 1e300 } as const
    expect(await of(() => defineJob({ name: 'a', perform: noop, backoff }))).toBe(
      past("The backoff of job 'a': its delay", '1e+300'),
    )
  })

  test('a lock that would lapse there lapses at the end of time', async () => {
    const queue = memoryQueue({ now })
    await queue.enqueue(defineJob<null>({ name: 'a', lock: 8.64e15, perform: noop }), null)
    expect(await queue.expire((await queue.claim('w'))!, 'crashed')).toBe(8.64e15)
    expect(await queue.pending()).toMatchObject([{ at: new Date(8.64e15) }])
  })
})

describe('load', () => {
  const run = async (loaded: unknown): Promise<unknown> => {
    const queue = memoryQueue({ now })
    await queue.enqueue(defineJob<number>({ name: 'a', attempts: 1, load: async () => loaded }), 5)
    await deliver(queue)
    const [record] = queue.performed
    return record!.outcome === 'completed' ? record!.result : await messageOf(Promise.reject(record!.error))
  }
  const double = (payload: number): number => payload * 2

  test.each([
    ['a function', double],
    ['a module with perform', { perform: double }],
    ['a module with a default export', { default: double }],
    ['a default export with perform', { default: { perform: double } }],
    ['a default export that is a job', { default: defineJob<number>({ name: 'x', perform: double }) }],
  ])('%s', async (_what, loaded) => {
    expect(await run(loaded)).toBe(10)
  })

  test('what is no code', async () => {
    expect(await run({ run: double, other: 1 })).toBe(
      "FAULTLINE_BAD_JOB: The 'load' of job 'a' resolved to a module with run, other; allowed is a function, or a module with an " +
        "export 'perform' or a default export that is one.\n" +
        "  hint: load: () => import('./the-job.ts'), and there: export async function perform(payload, context) { … }",
    )
    expect(await run(undefined)).toContain('resolved to undefined; allowed is a function')
  })
})

describe('inside a delivery', () => {
  test('the context can be taken apart, and its signal is only asked for when the job looks', async () => {
    let asked = 0
    const job = defineJob<boolean>({
      name: 'a',
      perform: async (look, { id, enqueue, signal, ...rest }) =>
        look ? [id, signal.aborted, await enqueue(mail, 'x'), rest] : 0,
    })
    const blind = defineJob<null>({ name: 'b', perform: (_payload, context) => context.id })
    const queue = memoryQueue({ now })
    await queue.enqueue(job, true)
    await queue.enqueue(blind, null)
    const extras = {
      get signal() {
        asked++
        return new AbortController().signal
      },
      connection: 'c',
    }
    const result = await queue.run((await queue.claim('w'))!, extras)
    expect(result).toEqual([
      'a-1',
      false,
      'mail-1',
      { name: 'a', attempt: 1, maxAttempts: 5, redelivered: false, connection: 'c' },
    ])
    expect(asked).toBe(1)
    await queue.run((await queue.claim('w'))!, extras)
    expect(asked).toBe(1)
  })

  test('an enqueue is a point before and after the job is recorded', async () => {
    const queue = memoryQueue({ now })
    const seen: unknown[] = []
    const at = (when: string): ContextDelivery => ({
      dead: false,
      ownTimer: noop,
      timerFired: noop,
      enqueuePoint: (name: string, reached: string) => {
        seen.push([name, reached])
        if (reached === when) throw new Error(`struck ${when}`)
        return undefined
      },
    })
    const clock = { nowMs: () => 0, setTimer: () => ({}), clearTimer: noop, pass: async () => {}, leap: noop }
    const inside = (when: string) =>
      execution.run({ clock, random: Math.random, delivery: at(when) }, () =>
        messageOf(queue.enqueue(mail, 'x')),
      )
    expect(await inside('before')).toBe('Error: struck before')
    expect(await queue.pending()).toHaveLength(0)
    expect(await inside('after')).toBe('Error: struck after')
    expect(await queue.pending()).toHaveLength(1)
    expect(await inside('never')).toBe('Error: it did not fail')
    expect(seen).toEqual([
      ['mail', 'before'],
      ['mail', 'before'],
      ['mail', 'after'],
      ['mail', 'before'],
      ['mail', 'after'],
    ])
  })

  test('code that throws at once rejects', async () => {
    const queue = memoryQueue({ now })
    const job = defineJob<null>({
      name: 'a',
      perform: () => {
        throw new Error('at once')
      },
    })
    await queue.enqueue(job, null)
    const claim = (await queue.claim('w'))!
    await expect(queue.run(claim, { signal: new AbortController().signal })).rejects.toThrow('at once')
  })
})

describe('claims', () => {
  test('a timeout is told', async () => {
    const queue = memoryQueue({ now })
    await queue.enqueue(defineJob<null>({ name: 'a', timeout: '5s', perform: noop }), null)
    expect(await queue.claim('w')).toMatchObject({ timeoutMs: 5_000 })
    await queue.enqueue(mail, 'x')
    expect(await queue.claim('w')).not.toHaveProperty('timeoutMs')
  })

  test('the lock of a dead worker lapses after the claim, not before now', async () => {
    const queue = memoryQueue({ now })
    await queue.enqueue(mail, 'x')
    const start = now.getTime()
    expect(await queue.expire((await queue.claim('w'))!, 'crashed')).toBe(start + 30_000)
    const second = (await queue.claim('w'))!
    await queue.time.advanceTo(start + 300_000)
    expect(await queue.expire(second, 'crashed')).toBe(start + 300_000)
    expect(queue.performed).toHaveLength(2)
    await queue.expire(second, 'crashed')
    expect(queue.performed).toHaveLength(2)
  })

  test('a claim from before a clear is refused', async () => {
    const queue = memoryQueue({ now })
    await queue.enqueue(mail, 'x')
    const claim = (await queue.claim('w'))!
    await queue.clear()
    await queue.enqueue(mail, 'y')
    expect(await end(queue, claim)).toEqual({ status: 'refused' })
    expect(await queue.pending()).toMatchObject([{ payload: 'y' }])
    expect(queue.performed).toEqual([])
  })

  test('a key that two waiting jobs share stays taken until both are gone', async () => {
    const queue = memoryQueue({ now })
    const job = defineJob<number>({
      name: 'a',
      perform: (n) => (n === 1 ? Promise.reject(new Error('x')) : n),
      attempts: 2,
    })
    await queue.enqueue(job, 1, { key: 'k' })
    const running = (await queue.claim('w'))!
    await queue.enqueue(job, 2, { key: 'k', delay: '1h' })
    await end(queue, running)
    await deliver(queue)
    expect(await queue.enqueue(job, 3, { key: 'k' })).toBe('a-2')
    await deliver(queue)
    expect(await queue.enqueue(job, 4, { key: 'k' })).toBe('a-3')
  })

  test.each([
    [
      'returns no duration',
      () => 'soon' as never,
      "The backoff of job 'a' after attempt 1 is no time: received 'soon'",
    ],
    [
      'returns nothing',
      () => undefined as never,
      "The backoff of job 'a' after attempt 1 is no time: received undefined",
    ],
    [
      'throws',
      () => {
        throw new TypeError('no backoff')
      },
      'TypeError: no backoff',
    ],
    [
      'ends past the range of Date',
      () => 8.64e15,
      "The backoff of job 'a' after attempt 1 is no time: received 8640000000000000; " +
        'allowed is what ends within the range of Date, by +275760-09-13T00:00:00.000Z.',
    ],
  ])('a backoff that %s puts the job back as it was', async (_what, backoff, message) => {
    const queue = memoryQueue({ now })
    const job = defineJob<null>({ name: 'a', backoff, perform: noop })
    await queue.enqueue(job, null, { delay: '5s', key: 'k' })
    const claim = (await queue.claim('w'))!
    expect(await messageOf(queue.settle(claim, { ok: false, error: 1 }))).toContain(message)
    expect(queue.performed).toEqual([])
    const at = new Date(now.getTime() + 5_000)
    expect(await queue.pending()).toMatchObject([{ id: 'a-1', at, attempt: 1 }])
    expect(await queue.enqueue(job, null, { key: 'k' })).toBe('a-1')
    expect(await queue.settle(claim, { ok: true, result: 1 })).toEqual({ status: 'refused' })
    const again = (await queue.claim('w'))!
    expect(await queue.settle(again, { ok: true, result: 1 })).toEqual({ status: 'completed' })
    expect(await queue.pending()).toEqual([])
  })
})
