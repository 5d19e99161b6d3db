import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { cutOnCrash } from '../../../src/explore/index.ts'
import { type PostgresServer, startPostgres } from '../../helpers/postgres.ts'

let server: PostgresServer
let pool: pg.Pool
let other: pg.Client

beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

beforeEach(async () => {
  const config = { host: server.env.PGHOST, user: 'postgres', database: 'postgres' }
  pool = new pg.Pool({ ...config, max: 2 })
  other = new pg.Client(config)
  await other.connect()
})
afterEach(async () => {
  await pool.end()
  await other.end()
})

test('what dead workers had checked out takes up no room in the pool', async () => {
  const cut = cutOnCrash(pool)
  for (let death = 0; death < 5; death++) {
    await pool.connect()
    await pool.connect()
    expect(pool.totalCount).toBe(2)
    await cut()
    expect(pool.totalCount - pool.idleCount).toBe(0)
  }
})

test('when it resolves, the server has let go of the locks', async () => {
  const cut = cutOnCrash(pool)
  for (let death = 0; death < 10; death++) {
    const dead = await pool.connect()
    await dead.query('begin')
    await dead.query('select pg_advisory_xact_lock(7)')
    expect(await triesToLock()).toBe(false)
    await cut()
    expect(await triesToLock()).toBe(true)
  }
})

test('what the library itself had checked out fails and is released once', async () => {
  const query = pool.query('select pg_sleep(10)')
  const failed = expect(query).rejects.toThrow(/terminated/)
  await expect.poll(() => pool.totalCount).toBe(1)
  await cutOnCrash(pool)()
  await failed
  expect(await pool.query('select 1 as one')).toMatchObject({ rows: [{ one: 1 }] })
})

test('a connection that the dead worker waited for goes to the living', async () => {
  await pool.connect()
  await pool.connect()
  const got: string[] = []
  void pool.connect().then(() => got.push('the dead'))
  await cutOnCrash(pool)()
  const [one, two] = await Promise.all([pool.connect(), pool.connect()])
  one.release()
  two.release()
  expect(got).toEqual([])
})

test('idle connections stay', async () => {
  await pool.query('select 1')
  const { rows } = await pool.query('select pg_backend_pid() as pid')
  await cutOnCrash(pool)()
  expect((await pool.query('select pg_backend_pid() as pid')).rows).toEqual(rows)
})

test('anything but a pool is refused', () => {
  expect(() => cutOnCrash({})).toThrow("cutOnCrash(pool) takes a Pool of the package 'pg'")
})

async function triesToLock(): Promise<boolean> {
  const { rows } = await other.query('select pg_try_advisory_lock(7) as got')
  if (rows[0].got) await other.query('select pg_advisory_unlock(7)')
  return rows[0].got
}

test.for([undefined, null, {}, 7])('%s is no pool', (given) => {
  expect(() => cutOnCrash(given as never)).toThrowError(
    expect.objectContaining({ code: 'FAULTLINE_BAD_OPTION' }),
  )
})
