import { Pool } from 'pg'
import { type ConstructorOptions, type JobWithMetadata, PgBoss } from 'pg-boss'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { losesServer } from '../../fixtures/engine/bullmq-jobs.ts'
import { performAll, performAllBefore, runSimulation } from '../../src/index.ts'
import { pgBossQueue } from '../../src/pg-boss.ts'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'

const startMs = Date.UTC(2026, 0, 1)
let server: PostgresServer
let connection: ConstructorOptions
let pool: Pool
const bosses: PgBoss[] = []

beforeAll(async () => {
  server = await startPostgres()
  const { PGHOST: host, PGUSER: user, PGDATABASE: database } = server.env
  connection = { host, user, database }
  pool = new Pool({ host, user, database })
})
afterEach(async () => {
  for (const boss of bosses.splice(0)) await boss.stop({ graceful: false })
})
afterAll(async () => {
  const { rows } = await pool.query(
    "select count(*)::int as open from pg_stat_activity where application_name = 'pgboss'",
  )
  await pool.end()
  await server.stop()
  expect(rows).toEqual([{ open: 0 }])
})

let count = 0

/** A PgBoss with a queue of its own. */
async function startBoss(...options: Parameters<PgBoss['createQueue']>[1][]): Promise<[PgBoss, ...string[]]> {
  const boss = new PgBoss(connection)
  boss.on('error', (error) => console.error(error))
  bosses.push(boss)
  await boss.start()
  const names = options.map(() => `queue-${++count}`)
  for (const [index, name] of names.entries()) await boss.createQueue(name, options[index])
  return [boss, ...names]
}

test('14 days of delay and a week of backoff cost less than a second, and no connection', {
  retry: 3,
}, async () => {
  const [boss, name] = await startBoss({ retryLimit: 12, retryDelay: 600, retryBackoff: true })
  const at: number[] = []
  const fail = async () => {
    at.push(Date.now())
    throw new Error('not yet')
  }
  const queue = pgBossQueue({ boss, handlers: { [name!]: fail } })
  await queue.clear({ nowMs: startMs })
  const pids =
    "select array_agg(pid order by pid) as pids from pg_stat_activity where application_name = 'pgboss'"
  const before = await pool.query(pids)
  const realMs = performance.now()
  await boss.send(name!, {}, { startAfter: 14 * 24 * 60 * 60 })
  const { dead } = await performAll(queue, { allowDead: true })
  expect(performance.now() - realMs).toBeLessThan(1_000)
  // More may have come: none was dropped.
  expect((await pool.query(pids)).rows[0].pids).toEqual(expect.arrayContaining(before.rows[0].pids))
  expect(at).toHaveLength(13)
  expect(at[0]! - startMs).toBe(14 * 86_400_000)
  expect(at.slice(1).map((ms, index) => (ms - at[index]!) / 600_000)).toEqual(
    Array.from({ length: 12 }, (_, index) => 2 ** index),
  )
  expect(dead).toMatchObject([{ attempt: 13, outcome: 'dead' }])
})

test('a dead letter is delivered to its own worker, and is a job of its own', async () => {
  const [boss, letters] = await startBoss({})
  const name = `queue-${++count}`
  await boss.createQueue(name, { retryLimit: 1, deadLetter: letters! })
  const seen: unknown[] = []
  const queue = pgBossQueue({
    boss,
    handlers: {
      [name]: async () => Promise.reject(new Error('for good')),
      [letters!]: async ([job]: [JobWithMetadata]) => void seen.push(job.data),
    },
  })
  await queue.clear({ nowMs: startMs })
  await queue.enqueue(queue.job(name, { n: 1 }))
  const { performed, dead } = await performAll(queue, { allowDead: true })
  expect(performed.map((record) => [record.name, record.outcome])).toEqual([
    [name, 'failed'],
    [name, 'dead'],
    [letters, 'completed'],
  ])
  expect(seen).toEqual([{ n: 1 }])
  expect(dead).toHaveLength(1)
  await queue.clear()
  expect(
    (await pool.query('select name from pgboss.job where name = any ($1)', [[name, letters]])).rows,
  ).toEqual([])
})

test('a key holds a second job back as the policy of the queue says, and higher priorities go first', async () => {
  const [boss, name] = await startBoss({ policy: 'short' })
  const seen: unknown[] = []
  const queue = pgBossQueue({
    boss,
    handlers: { [name!]: async ([job]: [JobWithMetadata]) => void seen.push(job.data) },
  })
  await queue.clear({ nowMs: startMs })
  const send = (data: object, options: object) => queue.enqueue(queue.job(name!, data, options))
  const first = await send({ n: 1 }, { singletonKey: 'k', priority: 1 })
  expect(await send({ n: 2 }, { singletonKey: 'k' })).toBe(first)
  await send({ n: 3 }, { singletonKey: 'urgent', priority: 9 })
  await performAll(queue)
  expect(seen).toEqual([{ n: 3 }, { n: 1 }])
})

test('a schedule fires where the run has a cutoff, and nowhere else', async () => {
  const [boss, name] = await startBoss({})
  const at: string[] = []
  const queue = pgBossQueue({
    boss,
    async register() {
      await boss.work(name!, async () => void at.push(new Date().toISOString().slice(5, 16)))
      await boss.schedule(name!, '30 6 * * *', { report: 'daily' }, { tz: 'Europe/Vienna' })
    },
  })
  await queue.clear({ nowMs: startMs })
  expect((await performAll(queue)).performed).toEqual([])
  await performAllBefore(queue, '3d')
  expect(at).toEqual(['01-01T05:30', '01-02T05:30', '01-03T05:30'])
  expect(queue.now).toEqual(new Date(Date.UTC(2026, 0, 3, 5, 30)))
  await boss.unschedule(name!)
})

test('an expired attempt is as lost as a dead worker, and the last one kills the job', async () => {
  const [boss, name] = await startBoss({ retryLimit: 1, retryDelay: 60, expireInSeconds: 30 })
  const queue = pgBossQueue({ boss, handlers: { [name!]: async () => {} } })
  await queue.clear({ nowMs: startMs })
  await queue.enqueue(queue.job(name!, {}))
  const first = (await queue.claim('worker 1'))!
  expect(first).toMatchObject({ attempt: 1, maxAttempts: 2, timeoutMs: 30_000 })
  expect((await queue.expire(first, 'crashed')) - startMs).toBe(90_000)
  const second = (await queue.claim('worker 2'))!
  expect(second).toMatchObject({ attempt: 2, redelivered: true, atMs: startMs + 90_000 })
  expect((await queue.expire(second, 'crashed')) - startMs).toBe(120_000)
  expect(await queue.claim('worker 3')).toBeUndefined()
  expect(queue.dead).toMatchObject([{ attempt: 2, outcome: 'crashed' }])
})

test("a zombie's plain complete ends the attempt of another worker, a fenced one does not", async () => {
  const [boss, name] = await startBoss({})
  const queue = pgBossQueue({ boss, handlers: { [name!]: async () => {} } })
  await queue.clear({ nowMs: startMs })
  const id = await queue.enqueue(queue.job(name!, {}))
  const zombie = (await queue.claim('worker 1'))!
  await queue.expire(zombie, 'stalled')
  const second = (await queue.claim('worker 2'))!
  const affected = async (what: Promise<object>) => ((await what) as { affected: number }).affected
  expect(await affected(boss.complete(name!, { id, retryCount: 0 }))).toBe(0)
  expect(await queue.settle(zombie, { ok: true, result: 1 })).toEqual({ status: 'refused' })
  expect(await affected(boss.complete(name!, id))).toBe(1)
  expect(await queue.settle(second, { ok: false, error: new Error('late') })).toEqual({ status: 'refused' })
  expect(await queue.pending()).toEqual([])
})

test('workers with a transaction, and with results for each job', async () => {
  const [boss, inTransaction, each] = await startBoss({ retryDelay: 60 }, { retryLimit: 5 })
  await pool.query('create table if not exists effects (n int)')
  let fails = true
  const queue = pgBossQueue({
    boss,
    async register() {
      await boss.work(inTransaction!, { transactional: true }, async (_jobs, tx) => {
        await tx.executeSql('insert into effects values (1)')
        if (fails) throw new Error('rolled back')
      })
      await boss.work(each!, { perJobResults: true }, async ([job]) => [
        { id: job!.id, status: 'deadletter', output: { why: 'poison' } },
      ])
    },
  })
  await queue.clear({ nowMs: startMs })
  await boss.send(inTransaction!, {})
  await performAllBefore(queue, 0)
  await boss.send(each!, {})
  fails = false
  await performAll(queue, { allowDead: true })
  expect(queue.performed.map(({ name, outcome }) => [name, outcome])).toEqual([
    [inTransaction, 'failed'],
    [each, 'dead'],
    [inTransaction, 'completed'],
  ])
  expect((await pool.query('select n from effects')).rows).toEqual([{ n: 1 }])
})

test('what others have in the database stays', async () => {
  const [boss, name, others] = await startBoss({}, {})
  const queue = pgBossQueue({ boss, handlers: { [name!]: async () => {} } })
  await boss.send(others!, { kept: true })
  await boss.send(name!, {})
  await queue.clear({ nowMs: startMs })
  const { rows } = await pool.query('select name from pgboss.job where name = any ($1)', [[name, others]])
  expect(rows).toEqual([{ name: others }])
  await expect(queue.enqueue(queue.job(others!, {}))).rejects.toMatchObject({ code: 'FAULTLINE_UNKNOWN_JOB' })
})

test('after the last scenario no job of its queues is left, and what was recorded is', async () => {
  const [boss, name] = await startBoss({})
  const queue = pgBossQueue({ boss, handlers: { [name!]: () => losesServer(async () => undefined) } })
  await runSimulation(queue.job(name!, {}), () => true, { queue })
  const { rows } = await pool.query('select state from pgboss.job where name = $1', [name])
  expect([rows, queue.performed.length > 0]).toEqual([[], true])
})

test('a database on another machine is left alone', async () => {
  const [boss, name] = await startBoss({})
  Object.assign((boss.getDb() as unknown as { config: object }).config, { host: 'db.example.com' })
  const queue = pgBossQueue({ boss, handlers: { [name!]: async () => {} } })
  await expect(queue.clear()).rejects.toMatchObject({
    code: 'FAULTLINE_REMOTE',
    message: expect.stringContaining('db.example.com'),
  })
})

test('a PgBoss that was not started, a queue that nobody made, and a second adapter are errors that say so', async () => {
  const idle = new PgBoss(connection)
  await expect(pgBossQueue({ boss: idle, handlers: { a: async () => {} } }).clear()).rejects.toThrow(
    'boss.start()',
  )
  const [boss] = await startBoss()
  await expect(pgBossQueue({ boss, handlers: { missing: async () => {} } }).clear()).rejects.toThrow(
    "createQueue('missing')",
  )
  expect(() => pgBossQueue({ boss, handlers: { mail: async () => {} } })).toThrow('another adapter')
  expect(() => pgBossQueue({ boss: {} as never, handlers: {} })).toThrow('a PgBoss')
})

test('an application sends with its own PgBoss, in setup, in jobs and in transactions of its own', async () => {
  const [boss, first, second] = await startBoss({}, {})
  const seen: string[] = []
  const queue = pgBossQueue({
    boss,
    async register() {
      await boss.work<{ n: number }>(first!, async ([job]) => {
        seen.push(`first ${job!.data.n}`)
        await boss.send(second!, job!.data, { startAfter: 60 })
      })
      await boss.work(second!, async () => void seen.push(`second at ${new Date().toISOString()}`))
    },
  })
  const signUp = async () => {
    const client = await pool.connect()
    try {
      await client.query('begin')
      const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) }
      await boss.send(first!, { n: 1 }, { db })
      await client.query('commit')
    } finally {
      client.release()
    }
  }
  await queue.clear({ nowMs: startMs })
  await signUp()
  await performAll(queue)
  expect(seen).toEqual(['first 1', 'second at 2026-01-01T00:01:00.000Z'])
})

test('a server that goes away is an error that names it', async () => {
  const own = await startPostgres()
  const { PGHOST: host, PGUSER: user, PGDATABASE: database } = own.env
  const boss = new PgBoss({ host, user, database })
  boss.on('error', () => {})
  await boss.start()
  await boss.createQueue('a')
  const queue = pgBossQueue({ boss, handlers: { a: () => own.stop() } })
  await queue.clear()
  await queue.enqueue(queue.job('a', {}))
  await expect(performAll(queue)).rejects.toMatchObject({
    code: 'FAULTLINE_SERVER_GONE',
    message: expect.stringContaining(host),
  })
  await boss.stop({ graceful: false })
})
