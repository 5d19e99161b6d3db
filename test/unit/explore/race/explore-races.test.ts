import { stripVTControlCharacters } from 'node:util'
import { defineJob, exploreRaces, RaceError, runRaces } from 'faultline'
import { expect, test } from 'vitest'
import * as jobs from '../../../../fixtures/engine/races.ts'

let w: jobs.Account
const setup = () => (w = new jobs.Account())
const withdraw = defineJob<number>({ name: 'withdraw', perform: (amount) => jobs.withdraw(w, amount) })
const works = [withdraw.with(10), withdraw.with(20)]
const right = () => expect(w.balance).toBe(70)

test('a lost update is found with the fewest preemptions, and told', async () => {
  const error = (await runRaces(works, { setup }, right).catch((reason) => reason)) as RaceError
  expect(error).toBeInstanceOf(RaceError)
  const { report } = error
  expect(report.failures.length).toBeGreaterThan(0)
  expect(Math.min(...report.failures.map(({ preemptions }) => preemptions))).toBe(1)
  expect(error.message).toBe(String(report))
  expect(stripVTControlCharacters(error.message)).toContain('const balance = await w')
})

test('each line of the picture belongs to a step of the schedule', async () => {
  const report = await exploreRaces(works, { setup }, right)
  const { schedule, lines } = report.failures[0]!
  expect(schedule).toBe('ABBA')
  expect(lines!.map(({ step }) => step)).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
  for (const { letter, step } of lines!) expect(letter).toBe(schedule[step])
})

test('by snapshot: the state of some order', async () => {
  const report = await exploreRaces(works, { setup, snapshot: () => ({ balance: w.balance }) })
  expect(report.failures[0]).toMatchObject({ reason: 'snapshot' })
})

test('a rejection that nobody handles comes after its race was judged, and is told of that race', async () => {
  let done = 0
  const careless = defineJob<number>({
    name: 'careless',
    perform: async (amount) => {
      await jobs.withdraw(w, amount)
      if (++done === 2 && w.balance !== 70) void Promise.reject(new Error('an update was lost'))
    },
  })
  const options = {
    strategy: 'exhaustive' as const,
    setup: () => {
      done = 0
      setup()
    },
  }
  const both = [careless.with(10), careless.with(20)]
  const report = await exploreRaces(both, options, () => true)
  const { races } = await exploreRaces(both, { ...options, checks: { rejections: false } }, right)
  const failed = (all: typeof races) =>
    all.filter(({ outcome }) => outcome === 'failed').map(({ schedule }) => schedule)
  expect(report.failures[0]).toMatchObject({ reason: 'rejection' })
  expect(failed(report.races).length).toBeGreaterThan(0)
  expect(failed(report.races)).toEqual(failed(races))
})
