import { crash, defineJob, delay, error, exploreRaces, isFaultlineError, stall } from 'faultline'
import { afterEach, expect, test, vi } from 'vitest'
import * as jobs from '../../../../fixtures/engine/races.ts'

let w: jobs.Account
const setup = () => (w = new jobs.Account())
const claims = defineJob<string>({ name: 'claims', perform: (name) => jobs.claimed(w, name) })
const steps = defineJob<string>({ name: 'steps', perform: (name) => jobs.steps(w, name, 3) })
const now = new Date('2026-11-21T09:00:00Z')

afterEach(() => vi.unstubAllEnvs())

test('each fault strikes at the points of the racers, with each schedule', async () => {
  const report = await exploreRaces(
    [steps.with('A'), steps.with('B')],
    { setup, faults: ['error', 'crash'], budget: 400 },
    () => {
      expect(w.log).toContain('A3')
      expect(w.log).toContain('B3')
    },
  )
  expect(report.summary).toMatchObject({ run: 400, failed: 0 })
  const struck = report.races.filter(({ faults }) => faults.length > 0)
  expect(struck.length).toBeGreaterThan(300)
  expect(new Set(struck.map(({ faults }) => faults[0]!.fault))).toEqual(new Set(['error', 'crash']))
  expect(new Set(struck.map(({ faults }) => faults[0]!.point.jobId))).toEqual(new Set(['steps-1', 'steps-2']))
  expect(new Set(report.races.map(({ replay }) => replay)).size).toBe(
    report.races.length - report.summary.unreached,
  )
  expect(report.summary.guarantee).toMatch(
    /^all 20 schedules; one fault at a time, \d+ of them: complete to \d preemptions? \(\d+ races\)/,
  )
})

test('what only a fault in a race breaks is found, told and replayed', async () => {
  const works = [claims.with('A'), claims.with('B')]
  const check = () => expect(w.locked).toBe(false)
  const plain = await exploreRaces(works, { setup, now }, check)
  expect(plain.summary).toMatchObject({ failed: 0, exhaustive: true })
  const report = await exploreRaces(works, { setup, now, faults: [crash()] }, check)
  const [failure] = report.failures
  expect(failure!.faults).toMatchObject([{ fault: 'crash' }])
  expect(failure!.replay).toMatch(/^claims and claims: race:[AB]+\+crash@/)
  expect(String(report)).toContain('crash')
  vi.stubEnv('FAULTLINE_REPLAY', failure!.replay)
  const again = await exploreRaces(works, { setup, faults: [crash()] }, check)
  expect(again.failures.map(({ replay }) => replay)).toEqual([failure!.replay])
  vi.stubEnv('FAULTLINE_REPLAY', failure!.replay.replace('crash@', 'crush@'))
  const missing = await exploreRaces(works, { setup, faults: [crash()] }, check).catch((reason) => reason)
  expect(isFaultlineError(missing, 'FAULTLINE_REPLAY')).toBe(true)
})

test('while a delay passes, others go on: a lease that ran out is found', async () => {
  let leases = { until: 0, name: '' }
  const job = defineJob<string>({ name: 'leased', perform: (name) => jobs.leased(w, name, leases) })
  const works = [job.with('A'), job.with('B', { delay: '1200ms' })]
  const clean = () => {
    leases = { until: 0, name: '' }
    setup()
  }
  const right = () => expect(w.balance).toBe(100 - 10 * w.log.length)
  const options = { setup: clean, now, budget: 1_000 }
  expect((await exploreRaces(works, options, right)).summary).toMatchObject({ failed: 0, exhaustive: true })
  const report = await exploreRaces(works, { ...options, faults: [delay('2s')] }, right)
  const [failure] = report.failures
  expect(failure, String(report)).toMatchObject({ preemptions: 1, faults: [{ fault: 'delay' }] })
  expect(failure!.replay).toMatch(/race:A+B+A+B*\+delay:2s@fixtures\/engine\/races\.ts:\d+/)
  vi.stubEnv('FAULTLINE_REPLAY', failure!.replay)
  const again = await exploreRaces(works, { ...options, faults: [delay('2s')] }, right)
  expect(again.failures.map(({ schedule }) => schedule)).toEqual([failure!.schedule])
})

test('every token replays its own schedule with its own fault, also one that is not the shortest', async () => {
  const job = defineJob<number>({ name: 'unlocks', perform: (amount) => jobs.unlocksWhereItFails(w, amount) })
  const works = [job.with(10), job.with(20)]
  const right = () => {
    const done = w.log.reduce((sum, amount) => sum + Number(amount), 0)
    expect(w.balance).toBeLessThanOrEqual(100 - done)
  }
  const options = { setup, now, budget: 1_000, faults: [error()] }
  const report = await exploreRaces(works, options, right)
  const all = report.failures.map(({ preemptions }) => preemptions)
  expect([Math.min(...all), Math.max(...all)]).toEqual([2, 7])
  for (const { replay, schedule, faults } of report.failures.slice(-10)) {
    vi.stubEnv('FAULTLINE_REPLAY', replay)
    const again = await exploreRaces(works, options, right)
    expect(again.races).toMatchObject([{ replay, schedule, outcome: 'failed', reason: 'assertion', faults }])
  }
})

test('stalls and errors of one kind', async () => {
  const report = await exploreRaces(
    [steps.with('A'), steps.with('B')],
    { setup, faults: [stall(), error()], budget: 150 },
    () => {
      expect(w.log).toContain('A3')
      expect(w.log).toContain('B3')
    },
  )
  expect(report.summary).toMatchObject({ run: 150, failed: 0 })
})

test('a worker that died has another connection', async () => {
  const cut: string[] = []
  let count = 0
  const connect = (worker: string) => {
    const name = `${worker} #${++count}`
    return { name, release: (destroy: boolean) => destroy && cut.push(name) }
  }
  const job = defineJob<null>({
    name: 'connected',
    perform: (_, { connection }) => jobs.onConnection(w, connection as { name: string }),
  })
  const options = { setup, connect, faults: [crash()], budget: 30 }
  const report = await exploreRaces([job.with(null), job.with(null)], options, ({ faults }) => {
    if (faults.length > 0 && w.log.length === 2) expect(new Set(w.log).size).toBe(2)
  })
  expect(report.summary.failed).toBe(0)
  expect(cut.length).toBeGreaterThan(5)
})

test.for(['duplicate', 'reorder', 'eager', 'exhaust'] as const)('%s is no fault of a race', async (fault) => {
  const run = exploreRaces([steps.with('A'), steps.with('B')], { setup, faults: [fault] }, () => true)
  await expect(run).rejects.toThrow(`faults: received '${fault}' for a race; allowed are error`)
})
