import { afterAll, beforeAll, expect, test } from 'vitest'
import { installVirtualGlobals, VirtualClock } from '../../../src/clock/index.ts'
import { makeContext, PlainTime, startMs } from './in-context.ts'

const dayMs = 86_400_000

let uninstall: () => void
beforeAll(() => {
  uninstall = installVirtualGlobals()
})
afterAll(() => uninstall())

test('delays that no Node timer can have are kept, and the order with them', async () => {
  const { clock, elapsedMs } = makeContext()
  const seen: [name: string, days: number][] = []
  const at = (name: string, days: number) =>
    clock.setTimer(() => seen.push([name, elapsedMs() / dayMs]), days * dayMs, false)
  at('60 days', 60)
  at('40 days', 40)
  at('10 days', 10)
  const cleared = at('cleared', 50)
  await clock.advanceTo(startMs + 30 * dayMs)
  at('20 days later', 20)
  clock.clearTimer(cleared)
  await clock.advanceTo(startMs + 100 * dayMs)
  expect(seen).toEqual([
    ['10 days', 10],
    ['40 days', 40],
    ['20 days later', 50],
    ['60 days', 60],
  ])
})

test('a timer set when the queue is ahead of a pending one waits for its turn', async () => {
  const time = new PlainTime()
  const clock = new VirtualClock(time)
  clock.stop()
  const seen: [name: string, ms: number][] = []
  const at = (name: string, delayMs: number) =>
    clock.setTimer(() => seen.push([name, time.ms - startMs]), delayMs, false)
  at('overdue', 10)
  at('later', 1_500)
  time.advanceTo(startMs + 1_000)
  at('next', 100)
  expect(seen).toEqual([])
  await clock.advanceTo(startMs + 2_000)
  expect(seen).toEqual([
    ['overdue', 1_000],
    ['next', 1_100],
    ['later', 1_500],
  ])
})

test('an interval that a pause made overdue ticks once for it', async () => {
  const { clock, elapsedMs } = makeContext()
  clock.stop()
  const seen: number[] = []
  clock.setTimer(() => seen.push(elapsedMs()), 1_000, true)
  await clock.advanceTo(startMs + 1_500)
  expect(seen).toEqual([1_000])
  clock.clear()
  const time = new PlainTime()
  const other = new VirtualClock(time)
  other.stop()
  other.setTimer(() => seen.push(time.ms - startMs), 1_000, true)
  time.advanceTo(startMs + 14 * dayMs)
  await other.advanceTo(startMs + 14 * dayMs + 1_000)
  expect(seen.slice(1)).toEqual([14 * dayMs, 14 * dayMs + 1_000])
})

test('time that starts anew, earlier, takes new timers and keeps the old', async () => {
  const time = new PlainTime()
  const clock = new VirtualClock(time)
  clock.stop()
  const seen: [name: string, ms: number][] = []
  const at = (name: string, delayMs: number) =>
    clock.setTimer(() => seen.push([name, time.ms - startMs]), delayMs, false)
  at('first', 5_000)
  await clock.advanceTo(startMs + 5_000)
  at('old', 5_000)
  time.ms = startMs
  at('new', 20)
  at('newer', 10)
  await clock.advanceTo(startMs + 20_000)
  expect(seen).toEqual([
    ['first', 5_000],
    ['newer', 10],
    ['new', 20],
    ['old', 10_000],
  ])
})

test('a delay of 0 that a timer sets is 0, in the order of setting', async () => {
  const { clock, elapsedMs } = makeContext()
  clock.stop()
  const seen: [name: string, ms: number][] = []
  const at = (name: string, delayMs: number, then?: () => unknown) =>
    clock.setTimer(
      () => {
        seen.push([name, elapsedMs()])
        then?.()
      },
      delayMs,
      false,
    )
  at('outer', 10, () => at('inner', 0))
  at('same', 10)
  at('after', 11)
  await clock.advanceTo(startMs + 20)
  expect(seen).toEqual([
    ['outer', 10],
    ['same', 10],
    ['inner', 10],
    ['after', 11],
  ])
})

test('a fraction of a millisecond makes nothing early', async () => {
  const time = new PlainTime()
  time.ms += 0.5
  const clock = new VirtualClock(time)
  const firedMs = await new Promise<number>((resolve) => {
    clock.setTimer(() => resolve(time.ms - startMs), 10, false)
  })
  expect(firedMs).toBe(11)
})

test('thousands of timers are no trouble', async () => {
  const { clock } = makeContext()
  const seen: number[] = []
  const startedMs = performance.now()
  for (let i = 0; i < 2_000; i++) clock.setTimer(() => seen.push(i), (i * 7919) % 2_000, false)
  await clock.advanceTo(startMs + 2_000)
  expect(seen.map((i) => (i * 7919) % 2_000)).toEqual(Array.from({ length: 2_000 }, (_, due) => due))
  expect(performance.now() - startedMs).toBeLessThan(3_000)
})
