import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import { expect, test } from 'vitest'
import { bullmqQueue } from '../../src/bullmq.ts'
import { graphileWorkerQueue } from '../../src/graphile-worker.ts'
import { performAll } from '../../src/index.ts'
import { redisServer } from '../helpers/bullmq-world.ts'
import { startPostgres } from '../helpers/postgres.ts'
import { hasRedis } from '../helpers/redis.ts'

const jobs = 20
/** What a run asks beside: of the first job, whether there is another, and when the next one is due. */
const besides = 8

test.skipIf(!hasRedis)('a delivery of BullMQ on Redis is one round trip, as in its own worker', async () => {
  const { connection, stop } = await redisServer()
  const bullmq = new Queue('trips', { connection })
  const worker = new Worker('trips', async () => {}, { connection, autorun: false })
  const redis = new Redis(connection as never)
  const scripts = async (): Promise<number> =>
    Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0)
  const queue = bullmqQueue({ workers: [worker] })
  try {
    await queue.clear()
    await bullmq.addBulk(Array.from({ length: jobs }, (_, n) => ({ name: 'job', data: { n } })))
    await queue.pending()
    const before = await scripts()
    const { performed } = await performAll(queue)
    expect(performed).toHaveLength(jobs)
    expect((await scripts()) - before).toBeLessThanOrEqual(jobs + besides)
  } finally {
    await redis.quit()
    await worker.close()
    await bullmq.close()
    await stop()
  }
})

test('a delivery of graphile-worker is one statement: the end of a job, and the next one', async () => {
  const server = await startPostgres()
  const { PGHOST: host, PGUSER: user, PGDATABASE: database } = server.env
  const pool = new Pool({ host, user, database })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const queue = graphileWorkerQueue({ pool, tasks: { job: async () => {} } })
  try {
    await queue.clear()
    for (let n = 0; n < jobs; n++) await queue.enqueue(queue.job('job', { n }))
    let statements = 0
    const query = pool.query.bind(pool) as (...args: unknown[]) => unknown
    Object.assign(pool, {
      query: (...args: unknown[]) => {
        statements++
        return query(...args)
      },
    })
    const { performed } = await performAll(queue)
    expect(performed.map(({ payload }) => (payload as { n: number }).n)).toEqual([...Array(jobs).keys()])
    expect(statements).toBeLessThanOrEqual(jobs + besides)
  } finally {
    await pool.end()
    await server.stop()
  }
})
