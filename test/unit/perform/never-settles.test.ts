import { simulate } from 'faultline'
import { expect, test } from 'vitest'
import { spec } from '../../../fixtures/jobs/limiter-loses-its-slot.fixed.ts'
import { reset } from '../../../fixtures/jobs/world.ts'

test('a crash that leaves a promise pending for ever costs no waiting, and is exact', async () => {
  const report = await simulate(spec.job, () => spec.check(), {
    setup() {
      reset()
      spec.given?.()
    },
    faults: ['crash'],
  })
  expect(report.failures).toEqual([])
  expect(report.summary.survived).toBeGreaterThan(20)
  expect(report.scenarios.flatMap(({ approximate }) => approximate ?? [])).toEqual([])
})
