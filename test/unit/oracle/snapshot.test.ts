import { expect, test } from 'vitest'
import { compareSnapshots } from '../../../src/oracle/index.ts'

const differs = (expected: unknown, actual: unknown, ...mask: (string | RegExp)[]) =>
  compareSnapshots(expected, actual, mask) !== undefined

test('what is masked may be on one side only', () => {
  expect(differs({ id: 1, paidAt: 'x' }, { id: 1 })).toBe(true)
  expect(differs({ id: 1, paidAt: 'x' }, { id: 1 }, 'paidAt')).toBe(false)
  expect(differs({ id: 1 }, { id: 1, paidAt: 'x' }, 'paidAt')).toBe(false)
  expect(differs({ id: 1 }, { id: 2, paidAt: 'x' }, 'paidAt')).toBe(true)
})

test('deep, in lists, in maps', () => {
  const rows = (...given: object[]) => ({ rows: given })
  expect(differs(rows({ a: 1, at: 2 }, { a: 2 }), rows({ a: 1 }, { a: 2, at: 3 }), 'rows[*].at')).toBe(false)
  expect(differs(rows({ a: 1, at: 2 }), rows({ a: 1 }, { a: 2 }), 'rows[*].at')).toBe(true)
  expect(
    differs(
      new Map([
        ['a', 1],
        ['at', 2],
      ]),
      new Map([['a', 1]]),
      /^at$/g,
    ),
  ).toBe(false)
  expect(
    differs(
      new Map([
        ['a', 1],
        ['at', 2],
      ]),
      { a: 1 },
      'at',
    ),
  ).toBe(true)
})

test('an item of a list is not left out: how many there are is part of the state', () => {
  expect(differs({ log: [1, 2] }, { log: [3, 4] }, 'log[*]')).toBe(false)
  expect(differs({ log: [1, 2] }, { log: [3] }, 'log[*]')).toBe(true)
  expect(differs({ log: [1, 2] }, {}, 'log')).toBe(false)
})

test('a whole that is a time is not offered a mask: it would compare nothing', () => {
  const found = compareSnapshots(1_795_277_093_588, 1_795_277_093_592, [])
  expect(found?.error.message).toContain('+ 1795277093592')
  expect(found?.error.message).not.toContain('mask')
})
