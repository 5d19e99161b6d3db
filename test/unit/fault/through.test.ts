import { defineJob, type SimulationReport, simulate } from 'faultline'
import { expect, test } from 'vitest'
import * as jobs from '../../../fixtures/engine/through.ts'
import { World } from '../../helpers/engine-world.ts'

async function explore(
  perform: (w: World) => unknown,
  check: (w: World) => void,
  depth: 1 | 2 = 1,
): Promise<SimulationReport> {
  let world = new World()
  const job = defineJob<null>({ name: 'job', attempts: 5, perform: () => perform(world) })
  const setup = () => (world = new World())
  return simulate(job.with(null), () => check(world), { setup, faults: ['error'], depth })
}

const ended = (...names: string[]) => {
  return (w: World) => {
    for (const name of names) if (!w.log.some(({ what }) => what === name)) throw new Error(`no ${name}`)
  }
}

test.for([
  ['an arrow', 'call', jobs.uploads, ['a', 'b', 'c']],
  ['a body', 'line', jobs.uploadsInBody, ['/a', '/b', '/c']],
] as const)('an error before the return of a promise rejects it: %s', async ([_, kind, perform, names]) => {
  const report = await explore(perform, ended(...names), 2)
  expect(report.failures.map(({ id, reason }) => [id, reason])).toEqual([])
  const struck = report.scenarios.flatMap(({ faults }) => faults.map(({ point }) => point))
  expect(struck.some((point) => point.kind === kind && point.hit === 2)).toBe(true)
})

test('what was never done, and is taken for done, is found', async () => {
  const report = await explore(jobs.swallowed, ended('a', 'b'))
  expect(report.failures.length).toBeGreaterThan(0)
  for (const { faults } of report.failures)
    expect(faults[0]!.point).toMatchObject({ kind: 'call', hit: expect.any(Number) })
})

test('what returns no promise throws at its caller', async () => {
  let caught = 0
  const report = await explore(jobs.parsing, ({ log }) => {
    if (log.some(({ what }) => what === 'caught')) caught++
  })
  expect(report.failures).toEqual([])
  const struck = report.scenarios.filter(({ faults: [first] }) => first?.point.function === 'parsed')
  expect(struck.map(({ faults: [first] }) => first!.point.kind)).toEqual(['call', 'return'])
  expect(caught).toBeGreaterThanOrEqual(2)
})
