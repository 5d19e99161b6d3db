import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Task } from 'graphile-worker'
import { Pool } from 'pg'
import { PgBoss } from 'pg-boss'
import { afterEach, describe, expect, test } from 'vitest'
import { losesServer } from '../../fixtures/engine/bullmq-jobs.ts'
import { graphileWorkerQueue } from '../../src/graphile-worker.ts'
import { type JobRequest, simulate } from '../../src/index.ts'
import { pgBossQueue } from '../../src/pg-boss.ts'
import type { QueueAdapter } from '../../src/queue/port.ts'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'

interface Started {
  readonly queue: QueueAdapter & { job(name: string): JobRequest }
  stop(): Promise<unknown>
}

type Lose = (server: PostgresServer) => Promise<unknown>

const clientOf = ({ env }: PostgresServer) => ({
  host: env.PGHOST,
  user: env.PGUSER,
  database: env.PGDATABASE,
})

/** The process itself, not the shell that looks after it. */
async function kill({ folder }: PostgresServer): Promise<void> {
  const [pid] = readFileSync(path.join(folder, 'data/postmaster.pid'), 'utf8').split('\n')
  process.kill(Number(pid), 'SIGKILL')
}

const ways: readonly (readonly [string, Lose])[] = [
  ['is stopped', (server) => server.stop()],
  ['is killed', kill],
]

const starts: readonly (readonly [
  string,
  (perform: () => Promise<unknown>, server: PostgresServer) => Promise<Started>,
])[] = [
  [
    'pg-boss',
    async (perform, server) => {
      const boss = new PgBoss(clientOf(server))
      boss.on('error', () => {})
      await boss.start()
      await boss.createQueue('a')
      const pool = new Pool(clientOf(server))
      pool.on('error', () => {})
      return {
        queue: pgBossQueue({ boss, handlers: { a: perform }, pool }),
        stop: () => Promise.all([boss.stop({ graceful: false }), pool.end()]),
      }
    },
  ],
  [
    'graphile-worker',
    async (perform, server) => {
      const pool = new Pool(clientOf(server))
      pool.on('error', () => {})
      // The client that a task holds has no listener of its own.
      const a: Task = async (_, { withPgClient }) => void (await withPgClient(() => perform()))
      return {
        queue: graphileWorkerQueue({ pool, tasks: { a } }),
        stop: () => pool.end(),
      }
    },
  ],
]

let server: PostgresServer
let stop: Started['stop']
afterEach(async () => {
  await stop()
  await server.stop()
})

describe.each(starts)('a simulation with %s', (_, start) => {
  test.each(ways)(
    'whose server %s ends with an error that names it',
    { timeout: 120_000 },
    async (_way, lose) => {
      server = await startPostgres()
      let runs = 0
      // In the middle: some scenarios have ended already.
      const started = await start(
        () => losesServer(async () => void (++runs === 5 && (await lose(server)))),
        server,
      )
      ;({ stop } = started)
      const { queue } = started
      const startMs = performance.now()
      await expect(simulate(queue.job('a'), () => true, { queue, faults: 'all' })).rejects.toMatchObject({
        code: 'FAULTLINE_SERVER_GONE',
        message: expect.stringContaining(server.env.PGHOST),
      })
      expect(performance.now() - startMs).toBeLessThan(15_000)
      // It is over: nothing goes on in its name.
      const ended = runs
      await setTimeout(300)
      expect(runs).toBe(ended)
    },
  )
})
