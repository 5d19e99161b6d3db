import { expect, test } from 'vitest'
import { type Row, writesUnderLock } from '../../../fixtures/engine/delivery-faults.ts'
import { defineJob, simulate } from '../../../src/index.ts'

function rowOf(): Row & { written: number } {
  let last: Promise<void> = Promise.resolve()
  const row = {
    written: 0,
    async lock() {
      const { promise, resolve } = Promise.withResolvers<void>()
      const before = last
      last = promise
      await before
      return resolve
    },
    async write() {
      row.written = 1
    },
  }
  return row
}

test('a frozen worker that wakes up waits for a lock of another frozen one: both run on', {
  timeout: 120_000,
}, async () => {
  let row = rowOf()
  const job = defineJob<null>({ name: 'write', perform: () => writesUnderLock(row) })
  const report = await simulate(job.with(null), () => expect(row.written).toBe(1), {
    faults: ['stall'],
    depth: 2,
    hangAfterMs: 200,
    setup: () => {
      row = rowOf()
    },
  })
  expect(report.summary.scenarios).toBeGreaterThan(4)
  expect(report.failures).toEqual([])
})
