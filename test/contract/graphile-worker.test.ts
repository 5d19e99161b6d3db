import { PGlite } from '@electric-sql/pglite'
import { Pool } from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'
import { makeGraphileQueue, retryAfterMs } from './graphile-jobs.ts'
import type { ContractLimits } from './harness.ts'
import { queueContract } from './queue.ts'

let server: PostgresServer
let pool: Pool
let pglite: PGlite

beforeAll(async () => {
  server = await startPostgres()
  const { PGHOST: host, PGUSER: user, PGDATABASE: database } = server.env
  pool = new Pool({ host, user, database })
  pglite = await PGlite.create()
})
afterAll(async () => {
  await pool.end()
  await pglite.close()
  await server.stop()
})

// A job key replaces the job that waits: see test/e2e/graphile-worker.test.ts.
const limits: ContractLimits = { without: ['onDead', 'key'], retryAfterMs }

queueContract('graphile-worker', (jobs) => makeGraphileQueue(pool, jobs), limits)
queueContract('graphile-worker on PGlite', (jobs) => makeGraphileQueue(pglite, jobs), limits)
