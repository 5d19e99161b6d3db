import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Queue, Worker } from 'bullmq'
import { runMigrations } from 'graphile-worker'
import { Pool } from 'pg'
import { PgBoss } from 'pg-boss'
import { describe, expect, test } from 'vitest'
import { bullmqQueue } from '../../src/bullmq.ts'
import { graphileWorkerQueue } from '../../src/graphile-worker.ts'
import { defineJob, type JobRequest, memoryQueue } from '../../src/index.ts'
import { pgBossQueue } from '../../src/pg-boss.ts'
import type { QueueAdapter } from '../../src/queue/port.ts'
import { type BullmqServer, bullmqServers } from '../helpers/bullmq-world.ts'
import { startPostgres } from '../helpers/postgres.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

/** A queue with default options, and a job of it; with so many attempts, where that is given. */
interface Measured {
  readonly queue: QueueAdapter
  request(attempts?: number): JobRequest
  stop(): Promise<unknown>
}

const perform = async (): Promise<void> => {}

async function memory(): Promise<Measured> {
  const job = (attempts?: number) =>
    defineJob<unknown>({ name: `job ${attempts}`, perform, ...(attempts && { attempts }) })
  const jobs = new Map([undefined, 2, 4].map((attempts) => [attempts, job(attempts)]))
  const request = (attempts?: number): JobRequest => jobs.get(attempts)!.with({})
  return { queue: memoryQueue(), request, stop: async () => undefined }
}

async function bullmq(start: () => Promise<BullmqServer>): Promise<Measured> {
  const { connection, backend, stop } = await start()
  const jobs = new Queue('table', { connection }, backend as never)
  const worker = new Worker('table', perform, { connection, autorun: false }, backend as never)
  const queue = bullmqQueue({ workers: [worker] })
  return {
    queue,
    request: (attempts) => queue.job(jobs, 'job', {}, attempts === undefined ? {} : { attempts }),
    stop: async () => {
      await worker.close()
      await jobs.close()
      await stop()
    },
  }
}

async function pgBoss(): Promise<Measured> {
  const { env, stop } = await startPostgres()
  const boss = new PgBoss({ host: env.PGHOST, user: env.PGUSER, database: env.PGDATABASE })
  await boss.start()
  await boss.createQueue('table')
  const queue = pgBossQueue({ boss, handlers: { table: perform } })
  return {
    queue,
    request: (attempts) => queue.job('table', {}, attempts === undefined ? {} : { retryLimit: attempts - 1 }),
    stop: async () => {
      await boss.stop({ graceful: false })
      await stop()
    },
  }
}

async function graphile(): Promise<Measured> {
  const { env, stop } = await startPostgres()
  const pool = new Pool({ host: env.PGHOST, user: env.PGUSER, database: env.PGDATABASE })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  await runMigrations({ pgPool: pool })
  const queue = graphileWorkerQueue({ pool, tasks: { table: perform } })
  return {
    queue,
    request: (attempts) => queue.job('table', {}, attempts === undefined ? {} : { maxAttempts: attempts }),
    stop: async () => {
      await pool.end()
      await stop()
    },
  }
}

/** The cells of one column of the table in `docs/queues.md`, by the name of their row. */
function column(head: string): (row: string) => string {
  const lines = readFileSync(path.join(REPOSITORY, 'docs/queues.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
  const index = lines[0]!.findIndex((cell) => cell.startsWith(head))
  return (row) => {
    const cells = lines.find(([, name]) => name === row)
    if (index < 0 || cells === undefined) throw new Error(`The table has no '${head}' or no '${row}'.`)
    return cells[index]!
  }
}

const unitsMs = { h: 3_600_000, min: 60_000, s: 1_000 }

/** The first duration that a text names, in milliseconds. */
function firstMs(text: string): number | undefined {
  const [, count, unit] = /(\d+) (h|min|s)\b/.exec(text) ?? []
  return count === undefined ? undefined : Number(count) * unitsMs[unit as keyof typeof unitsMs]
}

const queues: readonly (readonly [string, string, boolean, () => Promise<Measured>])[] = [
  ['memory queue', 'memory', true, memory],
  ...bullmqServers.map(
    ([name, start, there]) => [`BullMQ on ${name}`, 'BullMQ', there, () => bullmq(start)] as const,
  ),
  ['pg-boss', 'pg-boss', true, pgBoss],
  ['graphile-worker', 'graphile-worker', true, graphile],
]

describe.each(queues)('the table of docs/queues.md: %s', (_, head, isThere, start) => {
  test.skipIf(!isThere)('says what the queue does', async () => {
    const cell = column(head)
    const { queue, request, stop } = await start()
    const fresh = async (attempts?: number) => {
      await queue.clear({ nowMs: Date.UTC(2026, 0, 1) })
      await queue.enqueue(request(attempts))
      return (await queue.claim('worker 1'))!
    }
    try {
      const first = await fresh()
      expect(Number.parseInt(cell('default attempts'), 10)).toBe(first.maxAttempts)

      const failed = await fresh(4)
      const retried = await queue.settle(failed, { ok: false, error: new Error('once') })
      expect(retried.status).toBe('retried')
      if (cell('a failed attempt').includes('at once')) expect(retried.nextAtMs).toBe(failed.atMs)
      else expect(retried.nextAtMs).toBeGreaterThan(failed.atMs)

      const dying = await fresh(4)
      await queue.expire(dying, 'crashed')
      const again = (await queue.claim('worker 2'))!
      const lapseMs = firstMs(cell('a worker dies'))!
      // "Older than": one millisecond more.
      expect([lapseMs, lapseMs + 1]).toContain(again.atMs - dying.atMs)
      expect(cell('does a death consume an attempt')).toBe(again.attempt === 2 ? 'yes' : 'no')
      expect(again.attempt === 2).toBe(queue.capabilities.deathConsumesAttempt)

      await queue.expire(again, 'crashed')
      const third = await queue.claim('worker 3')
      const { deathsMax = Number.POSITIVE_INFINITY } = queue.capabilities
      const second = cell('the second death of one job')
      if (deathsMax >= 2) {
        expect(second).toMatch(/^redelivered/)
        expect(third).toMatchObject({ id: dying.id, redelivered: true })
      } else {
        expect(second).toMatch(/^fails without running/)
        expect(await queue.run(third!, { signal: AbortSignal.abort() }).catch(String)).toMatch(/stalled/)
      }

      await queue.expire(await fresh(2), 'crashed')
      await queue.expire((await queue.claim('worker 2'))!, 'crashed')
      const isDead = (await queue.claim('worker 3')) === undefined
      expect(isDead).toBe(second.includes('else dead without running'))

      const zombie = await fresh(4)
      await queue.expire(zombie, 'stalled')
      await queue.claim('worker 2')
      const { status } = await queue.settle(zombie, { ok: true, result: undefined })
      expect(status).toBe(queue.capabilities.fencesZombies ? 'refused' : 'completed')
      expect(cell('a zombie settles')).toMatch(status === 'refused' ? /refused/ : /^completing is accepted/)

      const asked = await fresh(4)
      await queue.expire(asked, 'interrupted')
      const back = (await queue.claim('worker 2'))!
      const stopped = cell('a worker that is asked to stop rejects')
      if (stopped.includes('no attempt is consumed')) expect(back.attempt).toBe(1)
      else expect(back.attempt).toBe(2)
      if (/expired|lapses/.test(stopped)) expect(back.atMs - asked.atMs).toBeGreaterThanOrEqual(lapseMs)
      else expect(back.atMs).toBe(asked.atMs)
    } finally {
      await queue.clear()
      await stop()
    }
  })
})
