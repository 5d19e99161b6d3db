import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type JobHelpers, makeWorkerUtils, quickAddJob, runMigrations } from 'graphile-worker'
import { Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type GraphileWorkerQueue,
  type GraphileWorkerQueueOptions,
  graphileWorkerQueue,
} from '../../src/graphile-worker.ts'
import { performAll, performAllBefore, simulate } from '../../src/index.ts'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'

const startMs = Date.UTC(2026, 0, 1)
const hourMs = 3_600_000
let server: PostgresServer
let pool: Pool

function poolOf({ env }: PostgresServer): Pool {
  const made = new Pool({ host: env.PGHOST, user: env.PGUSER, database: env.PGDATABASE })
  // As graphile-worker wants it.
  made.on('error', () => {})
  made.on('connect', (client) => client.on('error', () => {}))
  return made
}

beforeAll(async () => {
  server = await startPostgres()
  pool = poolOf(server)
  await runMigrations({ pgPool: pool })
})
beforeEach(async () => {
  await pool.query('delete from graphile_worker._private_jobs')
})
afterAll(async () => {
  await pool.end()
  await server.stop()
})

async function make(
  tasks: GraphileWorkerQueueOptions['tasks'],
  more: object = {},
): Promise<GraphileWorkerQueue> {
  const queue = graphileWorkerQueue({ pool, tasks: tasks!, ...more })
  await queue.clear({ nowMs: startMs })
  return queue
}

test('14 days of delay and days of backoff cost less than a second, and no connection', {
  retry: 3,
}, async () => {
  const at: number[] = []
  const queue = await make({
    fail: async () => {
      at.push(Date.now())
      throw new Error('not yet')
    },
  })
  const pids =
    'select array_agg(pid order by pid) as pids from pg_stat_activity where pid <> pg_backend_pid()'
  const before = await pool.query(pids)
  let realMs = Number.POSITIVE_INFINITY
  // Once, on a machine that others do not keep busy.
  for (let tries = 4; tries > 0 && realMs >= 1_000; tries--) {
    at.length = 0
    await queue.clear({ nowMs: startMs })
    await queue.enqueue(queue.job('fail', {}, { runAt: new Date(startMs + 14 * 24 * hourMs) }))
    const startedMs = performance.now()
    await performAll(queue, { allowDead: true })
    realMs = performance.now() - startedMs
  }
  expect(realMs).toBeLessThan(1_000)
  // More may have come: none was dropped.
  expect((await pool.query(pids)).rows[0].pids).toEqual(expect.arrayContaining(before.rows[0].pids))
  expect(at).toHaveLength(25)
  expect(at[0]! - startMs).toBe(14 * 24 * hourMs)
  const waits = at.slice(1).map((ms, index) => ms - at[index]!)
  expect(waits).toEqual(waits.map((_, index) => Math.ceil(Math.exp(Math.min(index + 1, 10)) * 1_000)))
  expect(at.at(-1)! - at[0]!).toBeGreaterThan(3 * 24 * hourMs)
})

test("jobs that the application adds have the queue's time, however it adds them", async () => {
  const seen: string[] = []
  const queue = await make({
    parent: async (_payload: unknown, { addJob, withPgClient }: JobHelpers) => {
      await addJob('child', { by: 'helpers' }, { runAt: new Date(Date.now() + 60_000) })
      await withPgClient((client) =>
        client.query("select graphile_worker.add_job('child', json_build_object('by', 'sql'))"),
      )
    },
    child: async (payload: unknown) =>
      void seen.push(`${(payload as { by: string }).by} at ${(Date.now() - startMs) / 1_000} s`),
  })
  await quickAddJob({ pgPool: pool }, 'parent', {})
  await quickAddJob({ pgPool: pool }, 'child', { by: 'quickAddJob' })
  await pool.query(
    "select graphile_worker.add_job('child', json_build_object('by', 'later in sql'), run_at => now() + interval '5 minutes')",
  )
  const { performed } = await performAll(queue)
  expect(performed[0]).toMatchObject({ name: 'parent', at: new Date(startMs) })
  expect(seen).toEqual(['quickAddJob at 0 s', 'sql at 0 s', 'helpers at 60 s', 'later in sql at 300 s'])
})

test('server time is told from virtual time also where now() has no microseconds', async () => {
  const seen: string[] = []
  const queue = await make({
    a: async (payload: unknown) => void seen.push(`${payload} at ${(Date.now() - startMs) / 1_000} s`),
  })
  for (const [who, delayS] of [
    ['virtual', 40],
    ['virtual', 0],
    ['server', 300],
    ['server', 1.5],
    ['server', 0],
    ['virtual', 2.5],
  ] as const) {
    const fromMs = who === 'virtual' ? startMs : Date.UTC(2031, 6, 5, 4, 3, 2, 1)
    await pool.query("select graphile_worker.add_job('a', to_json($1::text), run_at => $2)", [
      who,
      new Date(fromMs + delayS * 1_000),
    ])
  }
  await pool.query('update graphile_worker._private_jobs set updated_at = $1', [
    new Date(Date.UTC(2031, 6, 5, 4, 3, 2, 1)),
  ])
  await performAll(queue)
  expect(seen).toEqual([
    'virtual at 0 s',
    'server at 0 s',
    'server at 1.5 s',
    'virtual at 2.5 s',
    'virtual at 40 s',
    'server at 300 s',
  ])
})

test('a delay in sql may have any fraction of a second, and counts from the virtual now', async () => {
  const seen: string[] = []
  const add = (delay: string): string =>
    `select graphile_worker.add_job('later', to_json('${delay}'::text), run_at => now() + interval '${delay}')`
  const queue = await make({
    first: async (_payload: unknown, { query }: JobHelpers) => {
      for (const delay of ['1.5 s', '0.25 s', '2.000250 s', '0.3333333 s']) await query(add(delay))
      await query(
        "select graphile_worker.add_job('later', to_json('jitter'::text), run_at => now() + interval '100 us' + random() * interval '0.8 ms')",
      )
    },
    later: async (payload: unknown) => void seen.push(`${payload} at ${Date.now() - startMs - hourMs} ms`),
  })
  await queue.enqueue(queue.job('first', {}, { runAt: new Date(startMs + hourMs) }))
  await performAll(queue)
  expect(seen).toEqual([
    'jitter at 1 ms',
    '0.25 s at 250 ms',
    '0.3333333 s at 334 ms',
    '1.5 s at 1500 ms',
    '2.000250 s at 2001 ms',
  ])
  // And never again: what was moved is not moved once more.
  expect(queue.now).toEqual(new Date(startMs + hourMs + 2_001))
})

test('a job key replaces the job that waits, and priorities go first', async () => {
  const seen: unknown[] = []
  const queue = await make({ a: async (payload: unknown) => void seen.push(payload) })
  const first = await queue.enqueue(queue.job('a', { n: 1 }, { jobKey: 'k', priority: 5 }))
  expect(await queue.enqueue(queue.job('a', { n: 2 }, { jobKey: 'k', priority: 5 }))).toBe(first)
  expect(await queue.enqueue(queue.job('a', { n: 3 }, { jobKey: 'k', jobKeyMode: 'unsafe_dedupe' }))).toBe(
    first,
  )
  await queue.enqueue(queue.job('a', { n: 4 }, { priority: -5 }))
  await performAll(queue)
  expect(seen).toEqual([{ n: 4 }, { n: 2 }])
})

test('jobs of one queue wait for each other', async () => {
  const queue = await make({ a: async () => {} })
  const add = (n: number) => queue.enqueue(queue.job('a', { n }, { queueName: 'serial' }))
  const first = await add(1)
  const second = await add(2)
  const claim = (await queue.claim('worker 1'))!
  expect(await queue.claim('worker 2')).toBeUndefined()
  expect(await queue.expire(claim, 'crashed')).toBe(startMs + 4 * hourMs + 1)
  // Its queue is free again then, and takes the job that has waited longer.
  const atMs = startMs + 4 * hourMs + 1
  const other = (await queue.claim('worker 2'))!
  expect(other).toMatchObject({ id: second, attempt: 1, atMs })
  await queue.settle(other, { ok: true, result: undefined })
  expect(await queue.claim('worker 2')).toMatchObject({ id: first, attempt: 2, redelivered: true, atMs })
})

test('a zombie that completes takes the retry of another worker away, one that fails does not', async () => {
  const queue = await make({ a: async () => {} })
  await queue.enqueue(queue.job('a'))
  const zombies = [(await queue.claim('worker 1'))!]
  await queue.expire(zombies[0]!, 'stalled')
  zombies.push((await queue.claim('worker 2'))!)
  await queue.expire(zombies[1]!, 'stalled')
  const third = (await queue.claim('worker 3'))!
  expect(await queue.settle(third, { ok: false, error: new Error('again') })).toMatchObject({
    status: 'retried',
  })
  expect(await queue.settle(zombies[0]!, { ok: false, error: new Error('late') })).toEqual({
    status: 'refused',
  })
  expect(await queue.pending()).toMatchObject([{ attempt: 4 }])
  expect(await queue.settle(zombies[1]!, { ok: true, result: undefined })).toEqual({ status: 'completed' })
  expect(await queue.pending()).toEqual([])
})

test('a death on the last attempt is the end of the job', async () => {
  const queue = await make({ a: async () => {} })
  await queue.enqueue(queue.job('a', {}, { maxAttempts: 1 }))
  await queue.expire((await queue.claim('worker 1'))!, 'crashed')
  expect(await queue.claim('worker 2')).toBeUndefined()
  expect(queue.dead).toMatchObject([{ attempt: 1, outcome: 'crashed' }])
})

test('a crontab adds its jobs where the run has a cutoff, and nowhere else', async () => {
  const seen: unknown[] = []
  const tasks = { report: async (payload: unknown) => void seen.push(payload) }
  const queue = await make(tasks, { crontab: '30 6 * * * report {"kind":"daily"}' })
  expect((await performAll(queue)).performed).toEqual([])
  await performAllBefore(queue, '2d')
  expect(seen).toEqual(
    [1, 2].map((day) => ({
      kind: 'daily',
      _cron: { ts: `2026-01-0${day}T06:30:00.000Z`, backfilled: false },
    })),
  )
})

test('tasks of a folder, and modules that are loaded when they are needed', async () => {
  const scratch = path.join(import.meta.dirname, '../../.tmp')
  mkdirSync(scratch, { recursive: true })
  const folder = mkdtempSync(path.join(scratch, 'tasks-'))
  try {
    writeFileSync(path.join(folder, 'hello.mjs'), 'export default async () => { globalThis.hello = true }\n')
    const queue = graphileWorkerQueue({ pool, taskDirectory: folder })
    await queue.clear({ nowMs: startMs })
    await queue.enqueue(queue.job('hello'))
    await performAll(queue)
    expect((globalThis as { hello?: boolean }).hello).toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
  const loaded: string[] = []
  const module = (name: string) => async () => ({ default: async () => void loaded.push(name) })
  const queue = await make({ '../src/tasks/a.ts': module('a'), '../src/tasks/mail/b.ts': module('b') })
  for (const name of ['a', 'mail/b']) await queue.enqueue(queue.job(name))
  await performAll(queue)
  expect(loaded).toEqual(['a', 'b'])
  await expect(queue.enqueue(queue.job('mail/c'))).rejects.toMatchObject({ code: 'FAULTLINE_UNKNOWN_JOB' })
})

test('what the library says of a folder and of a crontab', async () => {
  const none = graphileWorkerQueue({ pool, taskDirectory: 'nowhere' })
  await expect(none.pending()).rejects.toMatchObject({
    code: 'FAULTLINE_BAD_OPTION',
    message: expect.stringMatching(/taskDirectory must be a folder of tasks: received .*'nowhere'/),
  })
  const badly = graphileWorkerQueue({ pool, tasks: { hello: async () => {} }, crontab: 'at noon' })
  await expect(badly.pending()).rejects.toMatchObject({
    code: 'FAULTLINE_BAD_OPTION',
    message: expect.stringContaining(
      "crontab must be what graphile-worker reads: received Could not process line '1'",
    ),
  })
})

test('a task that is given as a module is loaded by each worker for itself', async () => {
  const ran: string[] = []
  const module = async () => ({ default: async () => void ran.push('as the application has it') })
  const own = { default: async (payload: unknown) => void ran.push(JSON.stringify(payload)) }
  const queue = await make({ '../src/tasks/a.ts': module, plain: async () => void ran.push('plain') })
  const loaders: unknown[] = []
  const load = async (loader: () => unknown) => {
    loaders.push(loader)
    return own
  }
  for (const name of ['a', 'a', 'plain']) {
    await queue.enqueue(queue.job(name, { of: name }))
    const claim = await queue.claim('worker 1')
    await queue.run(claim!, { signal: new AbortController().signal, load })
    await queue.settle(claim!, { ok: true, result: undefined })
  }
  expect(ran).toEqual(['{"of":"a"}', '{"of":"a"}', 'plain'])
  expect(loaders).toEqual([module, module])
})

test('what others have in the database stays', async () => {
  const queue = await make({ mine: async () => {} })
  const utils = await makeWorkerUtils({ pgPool: pool })
  await utils.addJob('theirs', {})
  await utils.addJob('mine', {})
  await queue.clear()
  const { rows } = await pool.query('select task_identifier from graphile_worker.jobs')
  await utils.release()
  expect(rows).toEqual([{ task_identifier: 'theirs' }])
})

test('after the last scenario no job of its tasks is left, and what was recorded is', async () => {
  // Its last scenarios leave jobs: dead ones keep their rows.
  const queue = await make({ a: async () => void (await Promise.reject(new Error('always'))) })
  const spec = { maxAttempts: 1 }
  await simulate(queue.job('a', {}, spec), () => true, { queue })
  const { rows } = await pool.query('select id from graphile_worker.jobs')
  expect([rows, queue.dead.length > 0]).toEqual([[], true])
})

test('a database on another machine is left alone, and wrong options are errors', async () => {
  const remote = Object.assign(Object.create(pool) as Pool, {
    connect: async () => ({ host: 'db.example.com', query: pool.query.bind(pool), release: () => {} }),
  })
  await expect(
    graphileWorkerQueue({ pool: remote, tasks: { a: async () => {} } }).clear(),
  ).rejects.toMatchObject({
    code: 'FAULTLINE_REMOTE',
  })
  for (const options of [
    { pool },
    { pool, tasks: {} },
    { pool: {}, tasks: { a: () => {} } },
    { pool, tasks: { a: 1 } },
  ])
    expect(() => graphileWorkerQueue(options as never)).toThrow(
      expect.objectContaining({ code: 'FAULTLINE_BAD_OPTION' }),
    )
})

test('a server that goes away is an error that names it', async () => {
  const own = await startPostgres()
  const gone = poolOf(own)
  const queue = graphileWorkerQueue({ pool: gone, tasks: { a: async () => void (await own.stop()) } })
  await queue.clear()
  await queue.enqueue(queue.job('a'))
  await expect(performAll(queue)).rejects.toMatchObject({
    code: 'FAULTLINE_SERVER_GONE',
    message: expect.stringContaining(own.env.PGHOST),
  })
  await gone.end()
})
