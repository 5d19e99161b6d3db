import { simulate } from 'faultline'
import { expect, test } from 'vitest'
import { bank, charge } from '../../../fixtures/engine/wrapped.ts'

test('a finding leads with the line at fault, not with the wrapper that returns its promise', async () => {
  const report = await simulate(charge.with(null), () => bank.charges === 1, {
    setup() {
      bank.charges = 0
      bank.paid = false
    },
  })
  const failing = report.failures.map(({ id }) => id)
  expect(failing).toMatchInlineSnapshot(`
    [
      "crash@return:fixtures/engine/wrapped.ts:14:3",
      "error@fixtures/engine/wrapped.ts:9",
      "crash@fixtures/engine/wrapped.ts:9",
      "crash@fixtures/engine/wrapped.ts:17",
    ]
  `)
  expect(report.causes.map(({ point }) => point && `${point.kind} ${point.line}`)).toMatchInlineSnapshot(`
    [
      "return 14",
    ]
  `)
  const places = report.scenarios.flatMap(({ faults: [struck] }) => struck?.point ?? [])
  const wrapper = places.findIndex(({ kind, line }) => kind === 'return' && line === 22)
  expect(wrapper).toBeGreaterThan(places.findIndex(({ line }) => line === 9))
})
