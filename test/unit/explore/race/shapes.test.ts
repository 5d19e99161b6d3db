import { defineJob, exploreRaces, once, redelivery, runRace } from 'faultline'
import { expect, test } from 'vitest'
import * as jobs from '../../../../fixtures/engine/races.ts'

let w: jobs.Account
const setup = () => (w = new jobs.Account())
const fine = () => true

test('a body of one line has one step', async () => {
  const job = defineJob<string>({ name: 'one-line', perform: (name) => jobs.oneLine(w, name) })
  const report = await exploreRaces([job.with('A'), job.with('B')], { setup }, () => w.log.length === 2)
  expect(report.summary).toMatchObject({ schedules: '2', run: 2, failed: 0, exhaustive: true })
})

test('the same class twice', async () => {
  const job = defineJob<number>({
    name: 'class',
    perform: (amount) => new jobs.Withdrawal(w).perform(amount),
  })
  const report = await exploreRaces([job.with(10), job.with(20)], { setup }, () => w.balance === 70)
  expect(report.failures.length).toBeGreaterThan(0)
})

test('early returns and loops: the other way is a result, too', async () => {
  const early = defineJob<string>({ name: 'early', perform: (name) => jobs.earlyReturn(w, name) })
  const both = await exploreRaces([early.with('A'), early.with('B')], { setup }, () => w.log.length === 1)
  expect(both.summary).toMatchObject({ failed: 0, exhaustive: true })
  const loop = defineJob<number>({ name: 'loop', perform: (n) => jobs.steps(w, 'L', n) })
  const report = await exploreRaces([loop.with(3), loop.with(5)], fine, { setup })
  expect(report.summary).toMatchObject({ schedules: '56', run: 56, exhaustive: true })
})

test('branches of one delivery go on one after the other, always in the same order', async () => {
  const job = defineJob<string>({ name: 'fan-out', perform: (name) => jobs.fanOut(w, name) })
  const logs = new Set<string>()
  const report = await exploreRaces([job.with('A'), job.with('B')], { setup }, () => {
    logs.add(w.log.join(' '))
  })
  expect(report.summary).toMatchObject({ failed: 0, exhaustive: true })
  expect(report.steps).toEqual([5, 5])
  expect(report.summary.run).toBe(252)
  for (const log of logs) expect(log.match(/A./g)!.join(' ')).toBe('A1 A2 A3 A!')
})

test('code in the callback of a library is raced', async () => {
  const transaction = async <T>(body: () => Promise<T>): Promise<T> => {
    await Promise.resolve()
    const value = await body()
    await Promise.resolve()
    return value
  }
  const job = defineJob<number>({
    name: 'callback',
    perform: (amount) => jobs.inTransaction(w, amount, transaction),
  })
  const report = await exploreRaces([job.with(10), job.with(20)], { setup }, () => w.balance === 70)
  expect(report.failures[0]).toMatchObject({ preemptions: 1 })
  expect(report.failures[0]!.blocked).toEqual([])
})

test('a racer that fails is tried again, as the same racer', async () => {
  const fails = defineJob<string>({
    name: 'fails',
    perform: (name, context) => jobs.failsOnce(w, name, context),
  })
  const steps = defineJob<string>({ name: 'steps', perform: (name) => jobs.steps(w, name, 2) })
  const report = await exploreRaces([fails.with('F'), steps.with('S')], { setup }, () =>
    w.log.includes('Fdone'),
  )
  expect(report.steps).toEqual([5, 2])
  expect(report.summary).toMatchObject({ schedules: '21', run: 21, failed: 0, exhaustive: true })
})

test('who sleeps can be overtaken, or time passes first', async () => {
  const sleeps = defineJob<string>({ name: 'sleeps', perform: (name) => jobs.sleeps(w, name, 60_000) })
  const steps = defineJob<string>({ name: 'steps', perform: (name) => jobs.sleeps(w, name, 1_000) })
  const now = new Date(1_000_000_000_000)
  const run = async (schedule: string) => {
    await runRace([sleeps.with('A'), steps.with('B')], { setup, schedule, now }, fine)
    return w.log.join(', ')
  }
  expect(await run('AABB')).toBe('A at 0, A at 60000, B at 60000, B at 61000')
  expect(await run('ABBA')).toBe('A at 0, B at 0, B at 1000, A at 60000')
  expect(await run('ABAB')).toBe('A at 0, B at 0, A at 60000, B at 60000')
})

test('a second delivery of the same job runs beside the first, whose end is refused', async () => {
  const job = defineJob<number>({ name: 'withdraw', perform: (amount) => jobs.withdraw(w, amount) })
  const request = job.with(10)
  const report = await exploreRaces([request, redelivery(request)], { setup }, ({ performed }) => {
    expect(performed.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'withdraw-1 stalled',
      'withdraw-1 completed',
    ])
    expect(w.balance).not.toBe(100)
  })
  expect(report.summary).toMatchObject({ schedules: '6', run: 6, failed: 0, exhaustive: true })
})

test.for([
  [true, 1],
  [false, 0],
])('a job and its own child: enqueued early %j', async ([early, failures]) => {
  const child = defineJob<null>({ name: 'child', perform: () => jobs.child(w) })
  const parent = defineJob<null>({
    name: 'parent',
    perform: (_, { enqueue }) => jobs.parent(w, () => enqueue(child.with(null)), early as boolean),
  })
  const report = await exploreRaces(
    [parent.with(null), child.with(null)],
    { setup, strategy: 'exhaustive' },
    () => expect(w.log.filter((entry) => entry !== 'row')).toEqual(['found']),
  )
  expect(Math.min(1, report.failures.length)).toBe(failures)
})

test('scripts and request handlers race as well', async () => {
  const script = () => jobs.withdraw(w, 10)
  const works = [script, once(() => jobs.withdraw(w, 20)), script]
  const report = await exploreRaces(works, { setup, strategy: 'exhaustive' }, () => w.balance === 60)
  expect(report.members.map(({ name }) => name)).toEqual(['script', 'request', 'script'])
  expect(report.summary).toMatchObject({ schedules: '90', run: 90, exhaustive: true })
  expect(report.failures.length).toBe(84)
})

test('each worker has its own connection, closed after the race', async () => {
  const open = new Set<string>()
  let [count, races] = [0, 0]
  const connect = (worker: string) => {
    const name = `${worker} #${++count}`
    open.add(name)
    return { name, release: () => open.delete(name) }
  }
  const job = defineJob<null>({
    name: 'connected',
    perform: (_, { connection }) => jobs.onConnection(w, connection as { name: string }),
  })
  const result = await runRace([job.with(null), job.with(null)], { setup, connect }, () => {
    expect([count, open.size]).toEqual([2 * races++ + 2, 0])
    expect(w.log.map((name) => name.replace(/ #\d+/, ''))).toEqual(['worker A', 'worker B'])
  })
  expect(result.error).toBeUndefined()
  expect(open.size).toBe(0)
})

test('a returned await in a try is a decision: what finally does comes after it', async () => {
  const job = defineJob<null>({ name: 'try', perform: () => jobs.returnsInTry(w) })
  const report = await exploreRaces([job.with(null), job.with(null)], fine, { setup })
  expect(report.steps).toEqual([4, 4])
  expect(report.summary).toMatchObject({ schedules: '70', run: 70, exhaustive: true })
})
