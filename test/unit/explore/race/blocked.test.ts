import { defineJob, exploreRaces, runRace } from 'faultline'
import { expect, test } from 'vitest'
import * as jobs from '../../../../fixtures/engine/races.ts'

let w: jobs.Account
let first: jobs.Mutex
let second: jobs.Mutex
const setup = () => {
  first = new jobs.Mutex()
  second = new jobs.Mutex()
  return (w = new jobs.Account())
}

test('who waits for a lock is set aside and goes on later', async () => {
  const job = defineJob<number>({ name: 'locked', perform: (amount) => jobs.underLock(w, amount, first) })
  const report = await exploreRaces(
    [job.with(10), job.with(20)],
    { setup, blockedAfterMs: 50 },
    () => w.balance === 70,
  )
  expect(report.summary).toMatchObject({ failed: 0, exhaustive: true })
  const blocked = report.races.find((race) => race.blocked.length > 0)!
  expect(blocked.blocked[0]).toMatchObject({ certain: false, by: [] })
  expect(blocked.blocked[0]!.at).toContain('fixtures/engine/races.ts:')
})

test('two orders of two locks: a deadlock, with who waits where', async () => {
  const job = defineJob<boolean>({
    name: 'locks',
    perform: (turned) => (turned ? jobs.twoLocks(w, second, first) : jobs.twoLocks(w, first, second)),
  })
  const works = [job.with(false), job.with(true)]
  const options = { setup, blockedAfterMs: 50 }
  const report = await exploreRaces(works, options, () => w.log.length === 2)
  expect(report.summary.deadlocks).toBeGreaterThan(0)
  const [failure] = report.failures
  expect(failure).toMatchObject({ outcome: 'failed', reason: 'deadlock', preemptions: 1 })
  expect(failure!.error!.message).toMatch(/^Potential deadlock/)
  expect(failure!.error!.message).toMatch(/A waits .* at fixtures\/engine\/races\.ts:\d+/)
  expect(failure!.error!.message).toMatch(/B waits .* at fixtures\/engine\/races\.ts:\d+/)
  const same = [job.with(false), job.with(false)]
  const repaired = await exploreRaces(same, options, () => w.log.length === 2)
  expect(repaired.summary).toMatchObject({ failed: 0, deadlocks: 0, exhaustive: true })
})

test('who hangs by itself is no deadlock', async () => {
  const hangs = defineJob<null>({ name: 'hangs', perform: () => jobs.never(w) })
  const steps = defineJob<string>({ name: 'steps', perform: (name) => jobs.steps(w, name, 2) })
  const result = await runRace([steps.with('S'), hangs.with(null)], { setup, hangAfterMs: 200 }, () => true)
  expect(result).toMatchObject({ outcome: 'failed', reason: 'hung' })
})
