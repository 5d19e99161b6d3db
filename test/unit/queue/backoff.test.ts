import { expect, test } from 'vitest'
import { backoffMs } from '../../../src/queue/backoff.ts'

const error = new Error('x')

test.each([
  ['a duration', '3s', [3_000, 3_000, 3_000]],
  ['milliseconds', 5, [5, 5, 5]],
  ['fixed', { type: 'fixed', delay: '1m' }, [60_000, 60_000, 60_000]],
  ['exponential', { type: 'exponential', delay: '1s' }, [1_000, 2_000, 4_000]],
  ['a function', (attempt: number) => attempt * 10, [10, 20, 30]],
] as const)('%s', (_what, backoff, expected) => {
  expect([1, 2, 3].map((attempt) => backoffMs(backoff, attempt, error, 'charge'))).toEqual(expected)
})

test('a function sees the error', () => {
  expect(backoffMs((_attempt, reason) => (reason === error ? '1s' : '2s'), 1, error, 'charge')).toBe(1_000)
})

test('a function that returns no duration', () => {
  expect(() => backoffMs(() => Number.NaN, 2, error, 'charge')).toThrow(
    "The backoff of job 'charge' after attempt 2 is no time: received NaN; allowed is " +
      "a number of milliseconds ≥ 0, or a number with a unit such as '250ms', '3s', '5m', '2h', '14d'.",
  )
})
