import { defineJob, rival, simulate } from 'faultline'
import { expect, test } from 'vitest'
import * as code from '../../../fixtures/engine/lasting.ts'
import { World } from '../../helpers/engine-world.ts'

let world = new World()
const setup = () => (world = new World())
const workOf = (perform: (w: World) => unknown) =>
  defineJob<null>({ name: 'job', perform: () => perform(world) }).with(null)

test('a client that the first run made is no nondeterminism; its making is not covered, and that is said', async () => {
  const { summary } = await simulate(workOf(code.memoised()), () => {}, { setup })
  expect(summary).toMatchObject({ failed: 0, exhaustive: false })
  expect(summary.survived).toBeGreaterThan(8)
  expect(summary.notCovered.warmUp).toMatch(/^\d points that only the very first run reached/)
})

test.for([
  ['alternating', code.alternating],
  ['growing', code.growing],
] as const)('a job that is %s is nondeterministic', async ([, make]) => {
  const { failures } = await simulate(workOf(make()), () => {}, { setup })
  expect(failures.map(({ id, reason }) => `${id} ${reason}`)).toEqual(['baseline nondeterministic'])
})

test('an error thrown into a raw callback ends the worker; the end state alone is judged', async () => {
  const { summary, failures } = await simulate(workOf(code.callbacks), () => {}, { setup, hits: 'all' })
  expect(failures.map(({ id, reason }) => `${id} ${reason}`)).toEqual([])
  expect(summary.survived).toBeGreaterThan(10)
})

test('a snapshot that throws after a fault is a finding', async () => {
  const { failures } = await simulate(
    workOf(code.halfDone),
    { setup, faults: ['crash'], snapshot: (w: World & { order?: { total: number } }) => w.order!.total },
    () => {},
  )
  expect(failures.length).toBeGreaterThan(0)
  for (const { reason, error } of failures)
    expect(`${reason}: ${error?.message}`).toBe(
      "snapshot: Cannot read properties of undefined (reading 'total')",
    )
})

test('rivals strike wherever they can: an async one where the code can wait', async () => {
  const sync = await simulate(workOf(code.memoised()), () => {}, { setup, faults: [rival(() => {})] })
  expect(sync.summary).toMatchObject({ failed: 0, scenarios: sync.summary.points })
  let rivals = 0
  const options = { setup, faults: [rival(async () => void rivals++)] }
  const { summary } = await simulate(workOf(code.memoised()), () => {}, options)
  expect(summary).toMatchObject({ failed: 0, scenarios: rivals })
  expect(summary.notApplicable.rival).toMatch(/^an async rival needs a place where the code can wait/)
})
