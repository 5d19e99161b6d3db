import * as cryptoModule from 'node:crypto'
import nodeCrypto, { randomUUID } from 'node:crypto'
import { performance as nodePerformance } from 'node:perf_hooks'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { installVirtualGlobals } from '../../../src/clock/index.ts'
import { makeContext, startMs } from './in-context.ts'

const RealDate = Date
const targets: [object, string][] = [
  [globalThis, 'Date'],
  [Date.prototype, 'constructor'],
  [Math, 'random'],
  [performance, 'now'],
  [nodePerformance, 'now'],
  [crypto, 'randomUUID'],
  [nodeCrypto, 'randomUUID'],
]
const descriptors = (): unknown[] =>
  targets.map(([target, key]) => Object.getOwnPropertyDescriptor(target, key))
const original = descriptors()

let uninstall: () => void
beforeEach(() => {
  uninstall = installVirtualGlobals()
})
afterEach(() => {
  uninstall()
  vi.useRealTimers()
  vi.restoreAllMocks()
  expect(descriptors()).toEqual(original)
  for (const [index, [target, key]] of targets.entries()) {
    expect(Object.getOwnPropertyDescriptor(target, key)).toStrictEqual(original[index])
  }
  expect(cryptoModule.randomUUID).toBe(nodeCrypto.randomUUID)
})

describe('Date', () => {
  test('inside a context it is virtual time, outside the real one', async () => {
    const { inside, clock } = makeContext()
    const iso = '2026-01-01T00:00:00.000Z'
    expect(inside(() => [Date.now(), new Date().toISOString(), Date()])).toEqual([
      startMs,
      iso,
      new RealDate(startMs).toString(),
    ])
    await clock.advanceTo(startMs + 1_500.5)
    expect(inside(() => [Date.now(), new Date().valueOf()])).toEqual([startMs + 1_500, startMs + 1_500])
    expect(Math.abs(Date.now() - RealDate.now())).toBeLessThan(1_000)
    expect(Math.abs(new Date().valueOf() - RealDate.now())).toBeLessThan(1_000)
    expect(Date()).toBe(RealDate())
  })

  test('it cannot be told from the original', () => {
    const { inside } = makeContext()
    expect(Date).not.toBe(RealDate)
    inside(() => {
      expect([Date.name, Date.length]).toEqual(['Date', 7])
      expect(Object.getOwnPropertyNames(Date).toSorted()).toEqual(
        Object.getOwnPropertyNames(RealDate).toSorted(),
      )
      expect([Date.UTC(2026, 0), Date.parse('2026-01-01')]).toEqual([startMs, startMs])
      expect([new Date() instanceof RealDate, new RealDate() instanceof Date]).toEqual([true, true])
      expect([new Date().constructor, new RealDate(0).constructor]).toEqual([Date, Date])
      expect(Date.prototype).toBe(RealDate.prototype)
      expect([new Date(5).getTime(), new Date(2026, 0, 2).getTime()]).toEqual([
        5,
        new RealDate(2026, 0, 2).getTime(),
      ])
      expect([new Date(new Date(7)).getTime(), new Date('2026-01-01').getTime()]).toEqual([7, startMs])
      expect(new Date(undefined as never).getTime()).toBeNaN()
      expect(structuredClone(new Date())).toEqual(new RealDate(startMs))
      expect(JSON.stringify(new Date())).toBe('"2026-01-01T00:00:00.000Z"')
      expect(Object.prototype.toString.call(new Date())).toBe('[object Date]')
    })
  })

  test('it can be extended', () => {
    class Day extends Date {
      tomorrow(): number {
        return this.getTime() + 86_400_000
      }
    }
    const { inside } = makeContext()
    const day = inside(() => new Day())
    expect([day.tomorrow(), day instanceof Day, day instanceof RealDate]).toEqual([
      startMs + 86_400_000,
      true,
      true,
    ])
    expect(new Day(5).tomorrow()).toBe(86_400_005)
  })
})

test('performance.now counts from the start of the run', async () => {
  const { inside, clock } = makeContext()
  expect(inside(() => performance.now())).toBe(1_000)
  await clock.advanceTo(startMs + 2.5)
  expect(inside(() => [performance.now(), nodePerformance.now()])).toEqual([1_002.5, 1_002.5])
  expect(performance.now()).not.toBe(performance.now())
})

test('Math.random and randomUUID come from the seeded stream', () => {
  const draw = (): unknown[] =>
    makeContext().inside(() => [
      Math.random(),
      crypto.randomUUID(),
      nodeCrypto.randomUUID(),
      randomUUID(),
      cryptoModule.randomUUID(),
    ])
  const drawn = draw()
  expect(draw()).toEqual(drawn)
  expect(new Set(drawn).size).toBe(5)
  for (const uuid of drawn.slice(1)) expect(uuid).toMatch(/^[0-9a-f-]{14}4[0-9a-f]{3}-[89ab][0-9a-f-]{16}$/)
  expect(Math.random()).not.toBe(Math.random())
  expect(crypto.randomUUID()).not.toBe(crypto.randomUUID())
})

describe('installing', () => {
  test('nested installations share one, taken back with the last', () => {
    const Virtual = Date
    const inner = installVirtualGlobals()
    expect(Date).toBe(Virtual)
    inner()
    inner()
    expect(Date).toBe(Virtual)
    uninstall()
    expect(Date).toBe(RealDate)
    uninstall = installVirtualGlobals()
    expect(Date).not.toBe(RealDate)
  })

  test('what somebody else put there meanwhile stays: it is no longer ours', () => {
    const mine = (): number => 0.5
    const ours = Math.random
    Math.random = mine
    uninstall()
    expect(Math.random).toBe(mine)
    Object.defineProperty(Math, 'random', original[2] as PropertyDescriptor)
    expect(Math.random).not.toBe(ours)
  })

  test("with Vitest's fake timers on, time inside is virtual and goes on", async () => {
    uninstall()
    vi.useFakeTimers({ now: 5 })
    const Fake = Date
    uninstall = installVirtualGlobals()
    const { inside, sleep } = makeContext()
    expect(Date.now()).toBe(5)
    const times = await inside(async () => {
      await sleep(60_000)
      return [Date.now(), new Date().valueOf()]
    })
    expect(times).toEqual([startMs + 60_000, startMs + 60_000])
    uninstall()
    expect(Date).toBe(Fake)
  })
})
