import { defineJob, simulate } from 'faultline'
import { expect, test } from 'vitest'
import { shared } from '../../../src/runtime/index.ts'

test('what comments leave out is counted, and makes no run less exhaustive', async () => {
  const summaryOf = async (perform: () => Promise<unknown>) => {
    const report = await simulate(defineJob({ name: 'job', perform }).with(null), () => {})
    const { notCovered, exhaustive, skipped } = report.summary
    return { notCovered, exhaustive, skipped, text: String(report) }
  }
  const { partly, measured } = await import('../../../fixtures/engine/ignored.ts')
  // `measured`, the call of `declined`, and the file that `declined` is in.
  const { text, ...summary } = await summaryOf(partly)
  expect(summary).toEqual({
    notCovered: { ignored: '3 functions and statements that comments leave out' },
    exhaustive: true,
    skipped: 0,
  })
  expect(text).toContain('3 functions and statements that comments leave out')
  const { steps } = await import('../../../fixtures/engine/isolation.ts')
  // That file has nothing left out; the one of which nothing is left may be used by any job.
  const elsewhere = await summaryOf(() => steps(async () => {}, 's'))
  expect(elsewhere.notCovered).toEqual({ ignored: '1 function or statement that a comment leaves out' })
  await expect(summaryOf(measured)).rejects.toThrow(
    'job reached no failure point: fixtures/engine/ignored.ts is instrumented, but what ran of it is left out.\n' +
      '  hint: Take `faultline ignore` comments and outside() off the code under test.',
  )
  const tables = Object.values(shared.files).map(({ path, table, ignored }) => [
    path,
    table === '[]',
    ignored,
  ])
  expect(tables.sort()).toEqual([
    ['fixtures/engine/ignored-file.ts', true, 1],
    ['fixtures/engine/ignored.ts', false, 2],
    ['fixtures/engine/isolation.ts', false, undefined],
  ])
})
