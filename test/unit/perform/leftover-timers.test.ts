import { setTimeout as realSleep } from 'node:timers/promises'
import { defineJob, memoryQueue, performAll, simulate } from 'faultline'
import { describe, expect, test } from 'vitest'
import { leaving, nap } from '../../../fixtures/engine/leftover-timers.ts'

const start = new Date('2026-01-01T00:00:00.000Z')

/** What would keep the process alive; the runner's own handles are there before and after. */
const alive = () => process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate/.test(name)).length

describe('performAll', () => {
  test.for(['interval', 'signal'] as const)(
    'a leftover %s neither moves time nor keeps the process',
    async (what) => {
      const queue = memoryQueue({ now: start })
      let ticks = 0
      let signal: AbortSignal | undefined
      const job = defineJob<null>({
        name: what,
        perform() {
          if (what === 'interval') leaving.interval(() => ticks++)
          else signal = leaving.signal()
        },
      })
      const before = alive()
      await queue.enqueue(job, null)
      await performAll(queue)
      await realSleep(60)
      expect([queue.now, ticks, signal?.aborted ?? false]).toEqual([start, 0, false])
      expect(alive()).toBeLessThanOrEqual(before)
    },
  )

  test('it fires when time moves on: once for a pause, then as it goes', async () => {
    const queue = memoryQueue({ now: start })
    const ticks: number[] = []
    const first = defineJob<null>({
      name: 'first',
      perform: () => leaving.interval(() => ticks.push(+queue.now - +start)),
    })
    const second = defineJob<null>({ name: 'second', perform: () => nap(2_500) })
    await queue.enqueue(first, null)
    await queue.enqueue(second, null, { delay: '14d' })
    await performAll(queue)
    const pauseMs = 14 * 86_400_000
    expect(ticks).toEqual([pauseMs, pauseMs + 1_000, pauseMs + 2_000])
    expect(+queue.now - +start).toBe(pauseMs + 2_500)
  })

  test('two at once on one queue', async () => {
    const queue = memoryQueue({ now: start })
    const sleepy = defineJob<number>({ name: 'sleepy', perform: (hours) => nap(hours * 3_600_000) })
    for (const hours of [1, 2, 3, 4]) await queue.enqueue(sleepy, hours)
    await Promise.all([performAll(queue), performAll(queue)])
    expect(queue.performed.length).toBe(4)
  })
})

describe('a simulation', () => {
  const job = (perform: () => unknown) =>
    defineJob<null>({ name: 'leaving', perform: async () => perform() }).with(null)

  test('no leftover moves time in a snapshot or in assertions, what these wait for does', async () => {
    const times: number[][] = []
    const passes = async (queue: { now: Date }) => {
      const fromMs = +queue.now
      await realSleep(30)
      const stillMs = +queue.now - fromMs
      await nap(5_000)
      return [stillMs, +queue.now - fromMs]
    }
    const report = await simulate(
      job(() => {
        leaving.interval(Math.random)
        leaving.signal()
      }),
      async ({ queue }) => void times.push(await passes(queue)),
      {
        now: start,
        setup: async ({ queue }) => {
          await nap(1_000)
          leaving.interval(Math.random)
          return queue
        },
        snapshot: async (queue) => void times.push(await passes(queue)),
        faults: ['crash'],
      },
    )
    expect(report.failures).toEqual([])
    expect(times.length).toBeGreaterThan(4)
    expect(new Set(times.map(String))).toEqual(new Set(['0,5000']))
  })

  test('code that was left asleep is found out', async () => {
    const report = await simulate(
      job(() => leaving.sleeper(() => undefined)),
      () => true,
      { now: start },
    )
    expect(report.failures.map(({ id, reason }) => [id, reason])).toEqual([['baseline', 'unsettled']])
  })
})
