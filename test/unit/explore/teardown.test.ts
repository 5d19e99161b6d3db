import { simulate } from 'faultline'
import { expect, test } from 'vitest'
import { sleepingTeardown } from '../../../fixtures/engine/teardown.ts'

test('a teardown may sleep: its timers are virtual, and they fire', async () => {
  const { work, options, log } = sleepingTeardown()
  const report = await simulate(work, () => {}, { ...options, faults: ['crash'] })
  expect(report.summary.survived).toBe(report.summary.scenarios)
  // Two runs without faults, and one a scenario.
  expect(log).toEqual(Array.from({ length: report.summary.scenarios + 2 }, () => 'torn down an hour later'))
})
