import { createPostgresBackend, Queue } from 'bullmq'
import { afterAll, beforeAll } from 'vitest'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'
import { type BullmqServer, bullmqLimits, makeBullmq } from './bullmq.ts'
import { queueContract } from './queue.ts'

let postgres: PostgresServer
let server: BullmqServer

beforeAll(async () => {
  postgres = await startPostgres()
  const { PGHOST: host, PGUSER: user, PGDATABASE: database } = postgres.env
  const connection = { host, user, database, max: 4 }
  const backend = createPostgresBackend as never
  const first = new Queue('migrations', { connection: { ...connection, migrate: true } as never }, backend)
  await first.waitUntilReady()
  await first.close()
  server = { options: { connection: connection as never }, backend }
})
afterAll(() => postgres.stop())

queueContract('BullMQ on Postgres', (jobs) => makeBullmq(server, jobs), bullmqLimits)
