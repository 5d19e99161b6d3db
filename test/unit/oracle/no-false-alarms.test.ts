import { defineJob, simulate } from 'faultline'
import { expect, test } from 'vitest'
import { correct } from '../../../fixtures/engine/correct.ts'
import { IdempotentWorld } from '../../helpers/idempotent-world.ts'
import { inSource } from '../../helpers/source-lines.ts'

const names = Object.keys(correct)

test.for(names)('a job that is right survives everything: %s', async (name) => {
  let world = new IdempotentWorld()
  const job = defineJob<null>({ name: 'job', perform: (_, context) => correct[name]!(world, context) })
  const report = await simulate<IdempotentWorld>(job.with(null), {
    setup: () => (world = new IdempotentWorld()),
    snapshot: (world) => world.state(),
    hits: 'all',
  })
  expect(
    report.failures.map(({ id, outcome, reason, error }) =>
      inSource(`${id} ${outcome} ${reason}: ${error?.message}`),
    ),
  ).toEqual([])
  const { survived, scenarios, exhaustive, resilience } = report.summary
  expect([exhaustive, resilience]).toEqual([true, 1])
  expect(survived).toBe(scenarios)
  const possible = report.points.length + report.points.filter(({ canFail }) => canFail).length
  expect(scenarios).toBe(possible)
})

test('to say who handles a promise is nothing that fails, while its work does', async () => {
  let world = new IdempotentWorld()
  const perform = correct['background work that is awaited in the end']!
  const job = defineJob<null>({
    name: 'job',
    attempts: 4,
    perform: (_, context) => perform(world, context),
  })
  const report = await simulate<IdempotentWorld>(job.with(null), {
    setup: () => (world = new IdempotentWorld()),
    snapshot: (world) => world.state(),
    faults: ['error'],
    depth: 2,
  })
  expect(report.failures.map(({ id, reason }) => inSource(`${id} ${reason}`))).toEqual([])
  expect(report.summary.scenarios).toBeGreaterThan(20)
})

test('there are enough of them', () => {
  expect(names.length).toBeGreaterThanOrEqual(25)
})
