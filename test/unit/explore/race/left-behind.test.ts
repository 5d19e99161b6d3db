import { setImmediate as turn } from 'node:timers/promises'
import {
  defineJob,
  exploreRaces,
  isFaultlineError,
  memoryQueue,
  performAll,
  runRace,
  simulate,
} from 'faultline'
import { afterEach, expect, test } from 'vitest'
import * as jobs from '../../../../fixtures/engine/races.ts'
import { shared } from '../../../../src/runtime/index.ts'

let w: jobs.Account
let mutex: jobs.Mutex
const setup = () => {
  mutex = new jobs.Mutex()
  return (w = new jobs.Account())
}
const steps = defineJob<string>({ name: 'steps', perform: (name) => jobs.fourSteps(w, name) })
const sleeps = defineJob<string>({ name: 'sleeps', perform: (name) => jobs.sleeps(w, name, 60_000) })
const locks = defineJob<null>({ name: 'locks', perform: () => jobs.twoLocks(w, mutex, mutex) })
const works = [steps.with('A'), steps.with('B')]

const before = { listeners: listeners(), Date: globalThis.Date, resources: process.getActiveResourcesInfo() }

function listeners(): number[] {
  return ['uncaughtException', 'unhandledRejection', 'rejectionHandled'].map((event) =>
    process.listenerCount(event),
  )
}

/** Nothing is left, and the process can be used: by a race, a simulation, a queue. */
afterEach(async () => {
  for (let i = 0; i < 5; i++) await turn()
  expect(listeners()).toEqual(before.listeners)
  expect(globalThis.Date).toBe(before.Date)
  expect(shared.on).toBe(false)
  expect(shared.following).toBe(false)
  for (const file of Object.values(shared.files)) expect(file.s.every((byte) => byte === 0)).toBe(true)
  const timers = (names: string[]) =>
    names.filter((name) => name === 'Timeout' || name === 'Immediate').length
  expect(timers(process.getActiveResourcesInfo())).toBeLessThanOrEqual(timers(before.resources) + 1)
  const report = await exploreRaces(works, { setup }, () => w.log.length === 8)
  expect(report.summary).toMatchObject({ run: 70, failed: 0 })
  expect((await simulate(steps.with('A'), () => true, { setup, faults: ['crash'] })).failures).toEqual([])
  const queue = memoryQueue()
  setup()
  await queue.enqueue(sleeps, 'queue')
  await performAll(queue)
  expect(w.log.length).toBe(2)
})

test('a race that ends well', async () => {
  await runRace(works, { setup, schedule: 'ABABABAB' }, () => true)
})

test('assertions that throw', async () => {
  const report = await exploreRaces(works, { setup }, ({ performed }) => {
    if (w.log[1] === 'B1') throw new Error(`wrong after ${performed.length}`)
  })
  expect(report.failures.length).toBeGreaterThan(0)
})

test('a set-up that throws in the middle', async () => {
  let runs = 0
  const run = exploreRaces(
    works,
    {
      setup: () => {
        if (++runs === 5) throw new Error('no world')
        setup()
      },
    },
    () => true,
  )
  await expect(run).rejects.toThrow('no world')
})

test('cancelled between two races, and in the middle of one that waits', async () => {
  const controller = new AbortController()
  let runs = 0
  const check = () => {
    if (++runs === 7) controller.abort(new Error('enough'))
  }
  const error = await exploreRaces(works, { setup, signal: controller.signal }, check).catch(
    (reason) => reason,
  )
  expect(isFaultlineError(error, 'FAULTLINE_ABORTED')).toBe(true)
  expect(error.message).toContain('cancelled after')
  const later = new AbortController()
  const hangs = defineJob<null>({ name: 'hangs', perform: () => jobs.never(w) })
  setTimeout(() => later.abort(new Error('enough')), 100)
  const waiting = runRace(
    [hangs.with(null), hangs.with(null)],
    { setup, signal: later.signal, hangAfterMs: 60_000, blockedAfterMs: 50_000 },
    () => true,
  )
  await expect(waiting).rejects.toThrow('cancelled after 0 schedules')
})

test('a deadlock with oneself, and a race that hangs', async () => {
  const options = { setup, blockedAfterMs: 30, hangAfterMs: 100 }
  const result = await runRace([locks.with(null), locks.with(null)], options, () => true)
  expect(result.outcome).toBe('failed')
  expect(['deadlock', 'hung']).toContain(result.reason)
})

test('sleepers and retries', async () => {
  const fails = defineJob<string>({
    name: 'fails',
    perform: (name, context) => jobs.failsOnce(w, name, context),
  })
  const report = await exploreRaces([sleeps.with('A'), fails.with('B')], { setup, budget: 20 }, () => true)
  expect(report.summary.failed).toBe(0)
})

test('a job that never ends its retries', async () => {
  const poll = defineJob<null>({
    name: 'poll',
    perform: async (_, { enqueue }) => void (await enqueue(poll, null, { delay: '1s' })),
  })
  const result = await runRace([poll.with(null), steps.with('B')], { setup }, () => true)
  expect(result).toMatchObject({ outcome: 'failed', reason: 'runaway' })
  const cut = await runRace([poll.with(null), steps.with('B')], { setup, within: '10s' }, () => true)
  expect(cut.outcome).toBe('survived')
})
