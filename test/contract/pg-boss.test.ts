import { PgBoss } from 'pg-boss'
import { afterAll, beforeAll } from 'vitest'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'
import { makeBossQueue } from './pg-boss-jobs.ts'
import { queueContract } from './queue.ts'

let server: PostgresServer
let boss: PgBoss | undefined

beforeAll(async () => {
  server = await startPostgres()
})
afterAll(async () => {
  await boss?.stop({ graceful: false })
  await server.stop()
})

async function startBoss(): Promise<PgBoss> {
  const { PGHOST: host, PGUSER: user, PGDATABASE: database } = server.env
  await boss?.stop({ graceful: false })
  boss = new PgBoss({ host, user, database })
  boss.on('error', (error) => console.error(error))
  return await boss.start()
}

queueContract('pg-boss', async (jobs) => makeBossQueue(await startBoss(), jobs), {
  without: ['onDead', 'key'],
})
