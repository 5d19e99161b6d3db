import timersDefault, * as timersModule from 'node:timers'
import promisesDefault, * as promises from 'node:timers/promises'
import { inspect, promisify } from 'node:util'
import { defineJob, simulate } from 'faultline'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { patient } from '../../../fixtures/engine/time.ts'
import { virtualTimer } from '../../../src/clock/index.ts'
import { makeContext } from './in-context.ts'

const virtual = <T>(fn: T): T => virtualTimer(fn) as T
const virtualSetTimeout = virtual(setTimeout)
const virtualSetInterval = virtual(setInterval)
const virtualSetImmediate = virtual(setImmediate)
const virtualClearTimeout = virtual(clearTimeout)
const virtualClearInterval = virtual(clearInterval)
const sleep = virtual(promises.setTimeout)
const ticks = virtual(promises.setInterval)
const hourMs = 3_600_000

async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return ['resolved', await promise]
  } catch (error) {
    const { name, code, message, cause } = error as Error & { code?: string }
    return { name, code, message, cause }
  }
}

describe('which functions', () => {
  test('known ones have one counterpart, everything else comes back', () => {
    expect(virtual(setTimeout)).toBe(virtualSetTimeout)
    expect(virtual(timersModule.setTimeout)).toBe(virtualSetTimeout)
    expect(virtual(virtualSetTimeout)).toBe(virtualSetTimeout)
    expect(virtualSetTimeout).not.toBe(setTimeout)
    for (const other of [undefined, null, 5, 'setTimeout', {}, () => 1, clearImmediate, queueMicrotask]) {
      expect(virtual(other)).toBe(other)
    }
    expect([virtualSetTimeout.name, virtualSetTimeout.length]).toEqual([setTimeout.name, setTimeout.length])
  })

  test('of the modules too', async () => {
    for (const module of [timersDefault, timersModule]) {
      expect(virtual(module as typeof timersDefault).setTimeout).toBe(virtualSetTimeout)
      expect(virtual(module as typeof timersDefault).clearImmediate).toBe(clearImmediate)
    }
    for (const module of [promisesDefault, promises])
      expect(virtual(module as typeof promisesDefault).setTimeout).toBe(sleep)
    const { inside, elapsedMs } = makeContext()
    await inside(() => virtual(promises.scheduler).wait(hourMs))
    await inside(() => virtual(promisesDefault).scheduler.wait(hourMs))
    await inside(() => virtual(promises.scheduler).yield())
    expect(elapsedMs()).toBe(2 * hourMs)
  })

  test('promisify gives the virtual one', async () => {
    const { inside, elapsedMs } = makeContext()
    expect(await inside(() => promisify(virtualSetTimeout)(hourMs, 'value'))).toBe('value')
    expect(elapsedMs()).toBe(hourMs)
    expect(await inside(() => promisify(virtualSetImmediate)('value'))).toBe('value')
  })

  test('outside a context they are the originals', async () => {
    const timer = virtualSetTimeout(() => undefined, hourMs)
    expect(timer.constructor.name).toBe('Timeout')
    virtualClearTimeout(timer)
    expect((timer as unknown as { _destroyed: boolean })._destroyed).toBe(true)
    expect(await sleep(1, 'value')).toBe('value')
    for await (const tick of ticks(1, 'tick')) {
      expect(tick).toBe('tick')
      break
    }
    expect(virtual(AbortSignal.timeout)(hourMs).aborted).toBe(false)
    await new Promise((resolve) => virtualSetImmediate(resolve))
  })
})

describe('setTimeout', () => {
  test('calls back with the arguments, as a method of the timer', async () => {
    const { inside, elapsedMs, delivery } = makeContext()
    const seen = await inside(
      () =>
        new Promise<unknown[]>((resolve) => {
          const timer = virtualSetTimeout(
            function (this: unknown, ...args: unknown[]) {
              resolve([this === timer, ...args])
            } as never,
            hourMs,
            1,
            'two',
          )
        }),
    )
    expect(seen).toEqual([true, 1, 'two'])
    expect(elapsedMs()).toBe(hourMs)
    expect(delivery.timers).toHaveLength(1)
  })

  test.each([
    [undefined, 1],
    [0, 1],
    [-5, 1],
    [Number.NaN, 1],
    ['20', 20],
    [1.9, 1],
    [2 ** 31 - 1, 2 ** 31 - 1],
  ])('a delay of %s is %s ms, as in Node', async (delay, expected) => {
    const { inside, elapsedMs } = makeContext()
    await inside(() => new Promise((resolve) => virtualSetTimeout(resolve as () => void, delay as number)))
    expect(elapsedMs()).toBe(expected)
  })

  test('a delay that does not fit is 1 ms and a warning, as in Node', async () => {
    const { inside, elapsedMs } = makeContext()
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
    await inside(() => new Promise((resolve) => virtualSetTimeout(resolve as () => void, 2 ** 31)))
    expect(elapsedMs()).toBe(1)
    expect(inspect(await warned)).toContain(
      'TimeoutOverflowWarning: 2147483648 does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.',
    )
  })

  test('what is no callback is refused in the words of Node', () => {
    const { inside } = makeContext()
    expect(() => inside(() => virtualSetTimeout('code' as never, 1))).toThrow(
      'The "callback" argument must be of type function. Received type string (\'code\')',
    )
  })

  test('can be cleared: by the timer, by its number, by close and dispose', async () => {
    const { inside, sleep: wait, clock } = makeContext()
    let fired = 0
    const set = (): NodeJS.Timeout => inside(() => virtualSetTimeout(() => fired++, 10))
    virtualClearTimeout(set())
    virtualClearTimeout(+set())
    virtualClearTimeout(String(+set()))
    virtualClearInterval(set())
    set().close()
    set()[Symbol.dispose]()
    expect(clock.hasTimers).toBe(false)
    await inside(() => wait(20))
    expect(fired).toBe(0)
    virtualClearTimeout(undefined)
    virtualClearTimeout(12345)
  })

  test('inside a context a real timer can be cleared', () => {
    const { inside } = makeContext()
    const real = setTimeout(() => undefined, hourMs)
    inside(() => virtualClearTimeout(real))
    expect((real as unknown as { _destroyed: boolean })._destroyed).toBe(true)
  })

  test('has the methods of a Timeout', async () => {
    const { inside, sleep: wait, elapsedMs } = makeContext()
    const seen: number[] = []
    await inside(async () => {
      const timer = virtualSetTimeout(() => seen.push(elapsedMs()), 10)
      expect([
        timer.hasRef(),
        timer.unref() === timer,
        timer.hasRef(),
        timer.ref() === timer,
        timer.hasRef(),
      ]).toEqual([true, true, false, true, true])
      await wait(5)
      expect(timer.refresh()).toBe(timer)
      await wait(20)
      timer.refresh()
      await wait(20)
      timer.close().refresh()
      await wait(20)
    })
    expect(seen).toEqual([15, 35])
  })
})

test('setInterval repeats until it is cleared', async () => {
  const { inside, elapsedMs, clock } = makeContext()
  const seen: unknown[] = []
  await inside(
    () =>
      new Promise<void>((resolve) => {
        const timer = virtualSetInterval(
          (name: string) => {
            if (seen.push([name, elapsedMs()]) === 2) resolve(virtualClearInterval(timer))
          },
          hourMs,
          'tick',
        )
      }),
  )
  expect(seen).toEqual([
    ['tick', hourMs],
    ['tick', 2 * hourMs],
  ])
  expect(clock.hasTimers).toBe(false)
})

describe('a dead delivery', () => {
  test('hears of no timer and no immediate', async () => {
    const { inside, delivery, clock } = makeContext()
    const seen: string[] = []
    inside(() => {
      virtualSetTimeout(() => seen.push('timeout'), 5)
      virtualSetImmediate(() => seen.push('immediate'))
      void sleep(5).then(() => seen.push('sleep'))
      void virtual(promises.setImmediate)().then(() => seen.push('promised immediate'))
    })
    delivery.dead = true
    await clock.advanceTo(clock.nowMs() + 10)
    for (let turns = 0; turns < 5; turns++) await promises.setImmediate()
    expect(seen).toEqual([])
  })

  test('a living one hears of immediates, in order and with arguments', async () => {
    const { inside } = makeContext()
    const seen: unknown[] = []
    await inside(async () => {
      virtualSetImmediate((...args) => seen.push(args), 1, 2)
      seen.push(await virtual(promises.setImmediate)('value'))
    })
    expect(seen).toEqual([[1, 2], 'value'])
  })
})

describe('timers/promises', () => {
  test('setTimeout resolves to the value, after virtual time', async () => {
    const { inside, elapsedMs } = makeContext()
    expect(await inside(() => sleep(hourMs, 'value', { ref: false }))).toBe('value')
    expect(elapsedMs()).toBe(hourMs)
  })

  test.each<[string, unknown[]]>([
    ['a delay', ['x']],
    ['options', [1, 1, 'x']],
    ['a signal', [1, 1, { signal: 1 }]],
    ['a ref', [1, 1, { ref: 1 }]],
    ['an aborted signal', [1, 1, { signal: AbortSignal.abort('why') }]],
  ])('refuses %s as Node does', async (_what, args) => {
    const { inside, clock } = makeContext()
    const call = (fn: (...given: never[]) => Promise<unknown>): Promise<unknown> =>
      outcomeOf(fn(...(args as never[])))
    const expected = await call(promises.setTimeout)
    expect(await inside(() => call(sleep))).toEqual(expected)
    expect(clock.hasTimers).toBe(false)
  })

  test('an abort rejects as Node does and leaves no timer', async () => {
    const { inside, clock } = makeContext()
    const controller = new AbortController()
    const slept = inside(() => outcomeOf(sleep(hourMs, 0, { signal: controller.signal })))
    controller.abort('why')
    expect(await slept).toEqual({
      name: 'AbortError',
      code: 'ABORT_ERR',
      message: 'The operation was aborted',
      cause: 'why',
    })
    expect(clock.hasTimers).toBe(false)
  })

  test('setInterval yields ticks, and the ones that were missed', async () => {
    const { inside, elapsedMs, clock, sleep: wait } = makeContext()
    const seen: unknown[] = []
    await inside(async () => {
      for await (const tick of ticks(10, 'tick')) {
        seen.push([tick, elapsedMs()])
        if (seen.length === 1) await wait(25)
        if (seen.length === 4) break
      }
    })
    expect(seen).toEqual([
      ['tick', 10],
      ['tick', 35],
      ['tick', 35],
      ['tick', 40],
    ])
    expect(clock.hasTimers).toBe(false)
  })

  test('an abort ends the ticks as in Node', async () => {
    const { inside, clock } = makeContext()
    const controller = new AbortController()
    const { signal } = controller
    await inside(async () => {
      const iterator = ticks(10, 'tick', { signal })[Symbol.asyncIterator]()
      expect(await iterator.next()).toEqual({ done: false, value: 'tick' })
      const next = outcomeOf(iterator.next())
      controller.abort('why')
      expect(await next).toEqual({
        name: 'AbortError',
        code: 'ABORT_ERR',
        message: 'The operation was aborted',
        cause: 'why',
      })
      expect(await iterator.next()).toEqual({ done: true, value: undefined })
    })
    expect(clock.hasTimers).toBe(false)
  })
})

describe('AbortSignal.timeout', () => {
  const timeout = virtual(AbortSignal.timeout)

  test('aborts after virtual time, with the reason of Node', async () => {
    const { inside, elapsedMs } = makeContext()
    const signal = inside(() => timeout(hourMs))
    const reason = await new Promise<DOMException>((resolve) => {
      signal.addEventListener('abort', () => resolve(signal.reason))
    })
    const real = AbortSignal.timeout(1)
    await promises.setTimeout(10)
    expect(elapsedMs()).toBe(hourMs)
    expect([reason.constructor, reason.name, reason.message, reason.code]).toEqual([
      DOMException,
      real.reason.name,
      real.reason.message,
      real.reason.code,
    ])
  })

  test.each([-1, 2 ** 40, 1.5, '5'])('refuses %s as Node does', (delay) => {
    const { inside } = makeContext()
    const messageOf = (fn: (delayMs: number) => unknown): string => {
      try {
        fn(delay as number)
      } catch (error) {
        return String(error)
      }
      throw new Error('it was taken')
    }
    expect(inside(() => messageOf(timeout))).toBe(messageOf((delayMs) => AbortSignal.timeout(delayMs)))
  })
})

describe('under fake timers of the test', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('a job that sleeps is simulated in virtual time', async () => {
    const slept: number[] = []
    const job = defineJob({
      name: 'sleeper',
      perform: async () => void slept.push(await patient.sleep()),
    })
    const report = await simulate(job.with(null), () => {}, { faults: ['crash'] })
    expect(report.failures).toEqual([])
    expect(report.summary.survived).toBeGreaterThan(3)
    expect(new Set(slept)).toEqual(new Set([5000]))
  })

  test('the fakes have one counterpart, which is them outside of a context', () => {
    const fake = virtual(setTimeout)
    expect(fake).not.toBe(setTimeout)
    expect([fake, virtual(fake)]).toEqual([virtual(setTimeout), fake])
    const heard: string[] = []
    fake(() => heard.push('timeout'), hourMs)
    virtual(clearTimeout)(fake(() => heard.push('cleared'), hourMs))
    const cleared = virtual(setImmediate)(() => heard.push('cleared'))
    virtual(clearImmediate)(cleared)
    virtual(setImmediate)(() => heard.push('immediate'))
    vi.advanceTimersByTime(hourMs)
    expect(heard).toEqual(['immediate', 'timeout'])
  })

  test('in a context they are virtual', async () => {
    const { inside, elapsedMs } = makeContext()
    await inside(async () => {
      await promisify(virtual(setTimeout))(hourMs)
      await promisify(virtual(setImmediate))()
      await virtual(promisesDefault).setTimeout(hourMs)
      virtual(clearImmediate)(virtual(setImmediate)(() => expect.unreachable()))
      await virtual(promisesDefault).setImmediate()
    })
    expect(elapsedMs()).toBe(2 * hourMs)
  })
})
