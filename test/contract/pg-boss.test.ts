import { PGlite } from '@electric-sql/pglite'
import { type ConstructorOptions, fromPglite, PgBoss } from 'pg-boss'
import { afterAll, beforeAll } from 'vitest'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'
import type { ContractLimits } from './harness.ts'
import { makeBossQueue } from './pg-boss-jobs.ts'
import { queueContract } from './queue.ts'

let server: PostgresServer
let pglite: PGlite
let boss: PgBoss | undefined

beforeAll(async () => {
  server = await startPostgres()
  pglite = await PGlite.create()
})
afterAll(async () => {
  await boss?.stop({ graceful: false })
  await pglite.close()
  await server.stop()
})

/** One adapter drives a PgBoss for good: each test has one of its own. */
async function startBoss(options: ConstructorOptions): Promise<PgBoss> {
  await boss?.stop({ graceful: false })
  boss = new PgBoss(options)
  boss.on('error', (error) => console.error(error))
  return await boss.start()
}

// Which jobs a key holds back is a matter of the queue's policy: see test/e2e/pg-boss.test.ts.
const limits: ContractLimits = { without: ['onDead', 'key'] }

queueContract(
  'pg-boss',
  async (jobs) => {
    const { PGHOST: host, PGUSER: user, PGDATABASE: database } = server.env
    return makeBossQueue(await startBoss({ host, user, database }), jobs)
  },
  limits,
)
queueContract(
  'pg-boss on PGlite',
  async (jobs) => makeBossQueue(await startBoss({ db: fromPglite(pglite), backend: 'pglite' }), jobs),
  limits,
)
