import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installVirtualGlobals } from '../../../src/clock/index.ts'
import { execution } from '../../../src/model/context.ts'
import { makeContext, startMs } from './in-context.ts'

let uninstall: () => void
beforeAll(() => {
  uninstall = installVirtualGlobals()
})
afterAll(() => uninstall())

describe('the pump', () => {
  test('a sleep of an hour costs no real time', { retry: 3 }, async () => {
    const { inside, sleep, elapsedMs, clock } = makeContext()
    const realMs = performance.now()
    await inside(async () => {
      for (let hour = 0; hour < 100; hour++) await sleep(3_600_000)
    })
    expect(elapsedMs()).toBe(360_000_000)
    expect(performance.now() - realMs).toBeLessThan(500)
    expect([clock.hasTimers, clock.timingReal]).toEqual([false, false])
  })

  test('timers fire in the order of their time, then of their setting', async () => {
    const { inside, sleep, clock, elapsedMs } = makeContext()
    const seen: unknown[] = []
    const at = (name: string, delayMs: number): unknown =>
      clock.setTimer(() => seen.push([name, elapsedMs()]), delayMs, false)
    await inside(async () => {
      at('c', 20)
      at('a', 10)
      at('b', 10)
      at('now', 0)
      await sleep(20)
    })
    expect(seen).toEqual([
      ['now', 0],
      ['a', 10],
      ['b', 10],
      ['c', 20],
    ])
  })

  test('an interval repeats until it is cleared', async () => {
    const { inside, clock, elapsedMs } = makeContext()
    const seen: number[] = []
    await inside(
      () =>
        new Promise<void>((resolve) => {
          const timer = clock.setTimer(
            () => {
              if (seen.push(elapsedMs()) < 3) return
              clock.clearTimer(timer)
              resolve()
            },
            1_000,
            true,
          )
        }),
    )
    await turn()
    expect(seen).toEqual([1_000, 2_000, 3_000])
    expect(clock.hasTimers).toBe(false)
  })

  test('in a long jump an interval beats a hundred times, then just before whatever else is due, and its end', async () => {
    const { inside, clock, elapsedMs } = makeContext()
    const beats: number[] = []
    let sinceBeatMs = 0
    const hourMs = 3_600_000
    await inside(async () => {
      clock.setTimer(() => beats.push(elapsedMs()), 5_000, true)
      clock.setTimer(() => (sinceBeatMs = elapsedMs() - beats.at(-1)!), 500 * hourMs + 3_000, false)
      await clock.pass(768 * hourMs + 2_000)
    })
    const first = Array.from({ length: 100 }, (_, index) => (index + 1) * 5_000)
    expect(beats).toEqual([...first, 500 * hourMs, 768 * hourMs])
    expect([sinceBeatMs, elapsedMs()]).toEqual([3_000, 768 * hourMs + 2_000])
    clock.clear()
  })

  test('code goes on between two timers', async () => {
    const { inside, sleep, elapsedMs } = makeContext()
    const seen: unknown[] = []
    await inside(async () => {
      const late = sleep(10).then(() => seen.push(['late', elapsedMs()]))
      await sleep(5)
      await turn()
      await turn()
      seen.push(['early', elapsedMs()])
      await late
    })
    expect(seen).toEqual([
      ['early', 5],
      ['late', 10],
    ])
  })

  test('what moved the time meanwhile makes a timer overdue, not early', async () => {
    const { inside, sleep, elapsedMs, clock } = makeContext()
    const slept = inside(() => sleep(10))
    await clock.advanceTo(startMs + 7)
    expect(elapsedMs()).toBe(7)
    await slept
    expect(elapsedMs()).toBe(10)
  })

  test('stops and starts', async () => {
    const { inside, sleep, elapsedMs, clock } = makeContext()
    clock.stop()
    let done = false
    const slept = inside(() => sleep(5)).then(() => {
      done = true
    })
    for (let turns = 0; turns < 20; turns++) await turn()
    expect([done, elapsedMs(), clock.hasTimers]).toEqual([false, 0, true])
    clock.start()
    await slept
    expect(elapsedMs()).toBe(5)
  })

  test('clear drops everything', async () => {
    const { inside, sleep, elapsedMs, clock } = makeContext()
    void inside(() => sleep(5))
    clock.clear()
    for (let turns = 0; turns < 10; turns++) await turn()
    expect([elapsedMs(), clock.hasTimers]).toEqual([0, false])
  })
})

describe('advanceTo', () => {
  test('fires what is due on the way, also what that sets, and leaves the rest', async () => {
    const { inside, sleep, elapsedMs, clock } = makeContext()
    const seen: number[] = []
    const work = inside(async () => {
      for (let round = 0; round < 4; round++) {
        await sleep(10)
        seen.push(elapsedMs())
      }
    })
    await clock.advanceTo(startMs + 35)
    expect([seen, elapsedMs()]).toEqual([[10, 20, 30], 35])
    await work
    expect(seen).toEqual([10, 20, 30, 40])
  })

  test('just moves where nothing is due, and never back', async () => {
    const { elapsedMs, clock } = makeContext()
    await clock.advanceTo(startMs + 5)
    await clock.advanceTo(startMs)
    expect(elapsedMs()).toBe(5)
  })
})

describe('contexts', () => {
  test('a callback runs in the async context of whoever set it', async () => {
    const one = makeContext()
    const seen: unknown[] = []
    await one.inside(
      () =>
        new Promise<void>((resolve) => {
          one.clock.setTimer(
            () => {
              seen.push(execution.getStore()?.clock === one.clock)
              resolve()
            },
            5,
            false,
          )
        }),
    )
    expect(seen).toEqual([true])
  })

  test('a timer of a dead delivery never fires, and moves no time', async () => {
    const { inside, sleep, clock, delivery, elapsedMs } = makeContext()
    let fired = false
    inside(() => clock.setTimer(() => (fired = true), 5, false))
    delivery.dead = true
    await execution.run({ clock, random: Math.random }, () => sleep(3))
    await clock.advanceTo(startMs + 4)
    for (let turns = 0; turns < 10; turns++) await turn()
    expect([fired, elapsedMs(), clock.hasTimers]).toEqual([false, 4, false])
  })
})
