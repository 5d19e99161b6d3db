import { defineJob, runRace } from 'faultline'
import { expect, test } from 'vitest'
import * as jobs from '../../../../fixtures/engine/races.ts'

let w: jobs.Account
const setup = () => (w = new jobs.Account())
const steps = defineJob<string>({ name: 'steps', perform: (name) => jobs.fourSteps(w, name) })

const schedules: [schedule: string, log: string][] = [
  ['', 'A1 A2 A3 A4 B1 B2 B3 B4'],
  ['B', 'B1 B2 B3 B4 A1 A2 A3 A4'],
  ['ABABABAB', 'A1 B1 A2 B2 A3 B3 A4 B4'],
  ['AABAB', 'A1 A2 B1 A3 B2 B3 B4 A4'],
  ['BBBBBBBBA', 'B1 B2 B3 B4 A1 A2 A3 A4'],
]

test.for(schedules)('the schedule %j is followed as far as possible: %s', async ([schedule, log]) => {
  const result = await runRace([steps.with('A'), steps.with('B')], { schedule, setup }, () => {})
  expect(result.outcome).toBe('survived')
  expect(w.log.join(' ')).toBe(log)
})

test('a lost update', async () => {
  const withdraw = defineJob<number>({ name: 'withdraw', perform: (amount) => jobs.withdraw(w, amount) })
  const works = [withdraw.with(10), withdraw.with(20)]
  const check = () => expect(w.balance).toBe(70)
  expect((await runRace(works, { schedule: 'AABB', setup }, check)).outcome).toBe('survived')
  const lost = await runRace(works, { schedule: 'ABAB', setup }, check)
  expect(lost).toMatchObject({ outcome: 'failed', reason: 'assertion', schedule: 'ABAB', preemptions: 2 })
})
