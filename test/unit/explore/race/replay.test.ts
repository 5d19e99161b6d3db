import { defineJob, exploreRaces, simulate } from 'faultline'
import { afterEach, expect, test, vi } from 'vitest'
import * as jobs from '../../../../fixtures/engine/races.ts'

let w: jobs.Account
const setup = () => (w = new jobs.Account())
const withdraw = defineJob<number>({ name: 'withdraw', perform: (amount) => jobs.withdraw(w, amount) })
const works = [withdraw.with(10), withdraw.with(20)]
const right = () => expect(w.balance).toBe(70)
const now = new Date('2026-11-21T09:00:00Z')

afterEach(() => vi.unstubAllEnvs())

test('the token of a failing race runs just that one again', async () => {
  const report = await exploreRaces(works, { setup, now, name: 'both' }, right)
  const failure = report.failures[0]!
  expect(failure.replay).toMatch(/^both: race:[AB]{4} \(seed 1, 2026-11-21T09:00:00\.000Z, [0-9a-f]{8}\)$/)
  vi.stubEnv('FAULTLINE_REPLAY', failure.replay)
  const again = await exploreRaces(works, { setup, name: 'both' }, right)
  expect(again.races.map(({ schedule, outcome, replay }) => ({ schedule, outcome, replay }))).toEqual([
    { schedule: failure.schedule, outcome: 'failed', replay: failure.replay },
  ])
  expect(again.summary).toMatchObject({ run: 1, failed: 1, exhaustive: false, now: now.toISOString() })
  expect(String(again)).toContain('runs this one schedule')
})

test('others are skipped, visibly', async () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  vi.stubEnv('FAULTLINE_REPLAY', 'both: race:AB (seed 1, 2026-11-21T09:00:00.000Z, 00000000)')
  const report = await exploreRaces(works, { setup, name: 'other' }, right)
  expect(report.summary).toMatchObject({ run: 0, failed: 0 })
  expect(write.mock.calls.join()).toContain("'other' is skipped")
  write.mockRestore()
})

test('on changed source, or for what is no race, it says so', async () => {
  vi.stubEnv('FAULTLINE_REPLAY', 'both: race:AB (seed 1, 2026-11-21T09:00:00.000Z, 00000000)')
  await expect(exploreRaces(works, { setup, name: 'both' }, right)).rejects.toThrow(/source changed since/)
  vi.stubEnv('FAULTLINE_REPLAY', 'both: crash@a.ts:1 (seed 1, 2026-11-21T09:00:00.000Z, 00000000)')
  await expect(exploreRaces(works, { setup, name: 'both' }, right)).rejects.toThrow(/'both' is a race/)
  vi.unstubAllEnvs()
  expect((await simulate(withdraw.with(1), () => true, { setup })).failures).toEqual([])
})

test('wrong without a race is reported as exactly that, and nothing else is run', async () => {
  const report = await exploreRaces(works, { setup }, () => expect(w.balance).toBe(0))
  expect(report.wrongInSeries).toBe(true)
  expect(report.summary).toMatchObject({ run: 1, failed: 1, exhaustive: false })
  expect(String(report)).toContain('wrong without a race')
  expect(report.failures[0]!.preemptions).toBe(0)
})

test('one order of the works is wrong, the other one is not', async () => {
  const job = defineJob<string>({ name: 'job', perform: (name) => jobs.oneLine(w, name) })
  const report = await exploreRaces([job.with('A'), job.with('B')], { setup }, () => w.log[0] === 'A')
  expect(report).toMatchObject({ wrongInSeries: true, failures: [{ schedule: 'BA' }] })
})

test('the report is the same on every run', async () => {
  const told = async () => {
    const text = String(await exploreRaces(works, { setup, now, seed: 7 }, right))
    return text.replace(/\d+(\.\d+)? m?s/g, '')
  }
  expect(await told()).toBe(await told())
})
