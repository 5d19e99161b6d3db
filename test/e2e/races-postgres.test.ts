import { defineJob, exploreRaces, type JobContext, type RaceOptions, type RaceReport } from 'faultline'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import * as jobs from '../../fixtures/engine/races-postgres.ts'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'

let server: PostgresServer
let pool: pg.Pool

beforeAll(async () => {
  server = await startPostgres()
  const { PGHOST: host, PGUSER: user, PGDATABASE: database } = server.env
  pool = new pg.Pool({ host, user, database, max: 8 })
  await pool.query('create table accounts (id int primary key, balance int not null)')
})
afterAll(async () => {
  await pool?.end()
  await server?.stop()
})

const setup = async () => {
  await pool.query('truncate accounts')
  await pool.query('insert into accounts values (1, 100), (2, 100)')
}
const connect = () => pool.connect()
const balances = async () =>
  (await pool.query('select balance from accounts order by id')).rows.map((row) => row.balance)

function race(
  perform: (client: pg.PoolClient, payload: never) => Promise<unknown>,
  payloads: unknown[],
  options: RaceOptions,
  check: () => unknown,
): Promise<RaceReport> {
  const job = defineJob<unknown>({
    name: perform.name,
    perform: (payload, { connection }: JobContext) => perform(connection as pg.PoolClient, payload as never),
  })
  return exploreRaces(
    payloads.map((payload) => job.with(payload)),
    { setup: setup as never, connect, ...options },
    check,
  )
}

beforeEach(async () => {
  expect(pool.waitingCount).toBe(0)
})

test('a row lock: who waits is set aside, and nobody is lost', async () => {
  const report = await race(jobs.withdrawLocked, [10, 20], {}, async () =>
    expect(await balances()).toEqual([70, 100]),
  )
  expect(String(report)).toContain('survived')
  expect(report.summary).toMatchObject({ failed: 0, exhaustive: true })
  const [blocked] = report.races.flatMap((one) => one.blocked)
  expect(blocked).toMatchObject({
    letter: expect.stringMatching(/[AB]/),
    certain: true,
    what: 'the end of its transaction',
  })
  expect(blocked!.by).toEqual([blocked!.letter === 'A' ? 'B' : 'A'])
})

test('a deadlock of two lock orders', async () => {
  const report = await race(
    jobs.transfer,
    [
      [1, 2],
      [2, 1],
    ],
    {},
    async () => expect(await balances()).toEqual([100, 100]),
  )
  expect(report.summary.deadlocks).toBeGreaterThan(0)
  const failure = report.failures.find(({ reason }) => reason === 'deadlock')!
  expect(failure.preemptions).toBe(1)
  expect(failure.error!.message).toMatch(/^Deadlock/)
  expect(failure.error!.message).toContain('A waits for B')
  expect(failure.error!.message).toContain('B waits for A')
  // The victim's error is that of Postgres, and its retry goes through.
  expect(JSON.stringify(failure.timeline)).toContain('deadlock detected')
  expect(failure.timeline.filter(({ kind }) => kind === 'completed').length).toBe(2)
  expect(pool.totalCount - pool.idleCount).toBe(0)
})

test('what a worker leaves open is not the next one’s: transactions, locks of the session', async () => {
  const report = await race(jobs.leavesOpen, [1, 2], { strategy: 'exhaustive' }, async () =>
    expect(await balances()).toEqual([100, 100]),
  )
  expect(report.summary).toMatchObject({ schedules: '20', run: 20, failed: 0, exhaustive: true })
  const { rows } = await pool.query("select count(*)::int as count from pg_locks where locktype = 'advisory'")
  expect(rows).toEqual([{ count: 0 }])
  expect(pool.totalCount - pool.idleCount).toBe(0)
})

test('after a race no connection is left but those of the pool', async () => {
  await race(jobs.withdrawLocked, [10, 20], { budget: 4 }, () => true)
  const { rows } = await pool.query(
    "select count(*)::int as count from pg_stat_activity where backend_type = 'client backend'",
  )
  expect(rows[0].count).toBe(pool.totalCount)
})
