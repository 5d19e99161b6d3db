import { defineJob, exploreRaces, type JobContext, runRaces } from 'faultline'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import * as jobs from '../../fixtures/engine/races-postgres.ts'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'

let server: PostgresServer
let pool: pg.Pool
let clients: (() => pg.Client) | undefined

beforeAll(async () => {
  server = await startPostgres()
  const { PGHOST: host, PGUSER: user, PGDATABASE: database } = server.env
  const options = '-c deadlock_timeout=200ms -c application_name=race'
  pool = new pg.Pool({ host, user, database, max: 8, options })
  clients = () => new pg.Client({ host, user, database, options })
  await pool.query('create table accounts (id int primary key, balance int not null)')
  await pool.query('create table applied (id text primary key)')
})
afterEach(async () => {
  // A session ends a moment after its client.
  await expect.poll(sessions, { timeout: 5_000 }).toEqual({ busy: 0, foreign: 0 })
  expect([pool.totalCount - pool.idleCount, pool.waitingCount]).toEqual([0, 0])
})
afterAll(async () => {
  await pool?.end()
  await server?.stop()
})

/** Sessions in the middle of something, and those that are not of the pool. */
async function sessions() {
  const { rows } = await pool.query(
    `select count(*) filter (where state <> 'idle')::int as busy, count(*)::int as total from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  )
  return { busy: rows[0].busy, foreign: rows[0].total - (pool.totalCount - 1) }
}

const setup = async () => {
  await pool.query('truncate accounts, applied')
  await pool.query('insert into accounts values (1, 100), (2, 100)')
}
const balance = async () => (await pool.query('select balance from accounts where id = 1')).rows[0].balance
const given = { setup: setup as never }
const onPool = () => pool.connect()
const own = async () => {
  const client = clients!()
  await client.connect()
  return client
}

type Perform = (client: pg.Client, payload: never) => Promise<unknown>

function worksOf(perform: Perform, payloads: unknown[], attempts = 3) {
  const job = defineJob<unknown>({
    name: perform.name,
    attempts,
    perform: (payload, { connection }: JobContext) => perform(connection as pg.Client, payload as never),
  })
  return payloads.map((payload) => job.with(payload))
}

test.each([
  ['a client of the pool', () => pool.connect()],
  ['a client of its own', own],
])('a racer that dies lets go of its locks: %s', async (_, connect) => {
  const works = worksOf(jobs.withdrawOnce, [
    ['one', 10],
    ['two', 20],
  ])
  const faults = ['crash' as const]
  const report = await exploreRaces(works, async () => expect(await balance()).toBe(70), {
    ...given,
    connect,
    faults,
    budget: 120,
  })
  expect(report.summary, String(report)).toMatchObject({ run: 120, failed: 0, flaky: 0, deadlocks: 0 })
  expect(report.summary.guarantee).toMatch(/one fault at a time, \d+ of them: complete to 0 preemptions/)
  const crashed = report.races.filter((race) => race.timeline.some(({ kind }) => kind === 'crashed'))
  expect(crashed.length).toBeGreaterThan(20)
  // Somebody waited for a row of one that died.
  expect(crashed.some(({ blocked }) => blocked.length > 0)).toBe(true)
})

test('who leaves a transaction open is told by the one who waits for it, and holds up no later race', async () => {
  const works = worksOf(jobs.forgetsRollback, [20, 5], 1)
  const report = await exploreRaces(works, () => true, { ...given, connect: onPool, hangAfterMs: 500 })
  expect(report.failures[0]).toMatchObject({ reason: 'deadlock', preemptions: 0 })
  const { error } = report.failures[0]!
  expect(error!.message).toMatch(
    /^Deadlock: nobody can go on\.\n {2}B waits for A \(the end of its transaction\) at fixtures\/engine\/races-postgres\.ts:\d+\n {2}hint: Who holds it has ended/,
  )
})

test('who works for long is not blocked', async () => {
  const works = worksOf(jobs.holdsLong, [0.6, 0.6])
  const report = await exploreRaces(works, async () => expect(await balance()).toBe(98), {
    ...given,
    connect: onPool,
    strategy: { preemptions: 0 },
  })
  expect(report.summary).toMatchObject({ run: 2, failed: 0, deadlocks: 0 })
  expect(report.races.flatMap(({ blocked }) => blocked)).toEqual([])
})

test.each([
  ['a client of the pool', () => pool.connect()],
  ['a client of its own', own],
])('cancelled in the middle: %s', async (_, connect) => {
  const works = worksOf(jobs.holdsLong, [30, 30])
  const controller = new AbortController()
  const { signal } = controller
  const startedMs = performance.now()
  setTimeout(() => controller.abort(new Error('enough')), 700)
  const options = { ...given, connect, signal, hangAfterMs: 60_000 }
  await expect(runRaces(works, () => true, options)).rejects.toMatchObject({
    code: 'FAULTLINE_ABORTED',
    cause: { message: 'enough' },
  })
  expect(performance.now() - startedMs).toBeLessThan(10_000)
  await stillWorks()
})

test('cancelled while the world is set up', async () => {
  const works = worksOf(jobs.withdrawLocked, [10, 20])
  const controller = new AbortController()
  const slow = async () => {
    controller.abort(new Error('enough'))
    await pool.query('select pg_sleep(0.1)')
  }
  const options = { setup: slow as never, connect: onPool, signal: controller.signal }
  await expect(runRaces(works, () => true, options)).rejects.toMatchObject({ cause: { message: 'enough' } })
  await stillWorks()
})

test('assertions that throw', async () => {
  const works = worksOf(jobs.withdrawLocked, [10, 20])
  const wrong = async () => expect(await balance()).toBe(0)
  await expect(runRaces(works, wrong, { ...given, connect: onPool })).rejects.toThrow('in series')
  await stillWorks()
})

/** Another race, right after. */
async function stillWorks() {
  const report = await exploreRaces(
    worksOf(jobs.withdrawLocked, [10, 20]),
    async () => expect(await balance()).toBe(70),
    { ...given, connect: onPool },
  )
  expect(report.summary, String(report)).toMatchObject({ failed: 0, exhaustive: true })
}
