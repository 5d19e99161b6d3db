import { simulate } from 'faultline'
import { expect, test } from 'vitest'
import { spec } from '../../../fixtures/engine/limited.ts'
import { reset } from '../../../fixtures/jobs/world.ts'

test('a crash that leaves a promise pending for ever costs no waiting, and is exact', async () => {
  const report = await simulate(spec.job, () => spec.check(), {
    setup() {
      reset()
      spec.given?.()
    },
    faults: ['crash', 'error', 'interrupt'],
  })
  expect(report.failures).toEqual([])
  expect(report.summary.survived).toBeGreaterThan(20)
  expect(report.scenarios.flatMap(({ approximate }) => approximate ?? [])).toEqual([])
})
