import { afterAll, beforeAll, describe } from 'vitest'
import { hasRedis, type RedisServer, startRedis } from '../helpers/redis.ts'
import { bullmqLimits, makeBullmq } from './bullmq.ts'
import { queueContract } from './queue.ts'

describe.skipIf(!hasRedis)('on a real server', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  queueContract(
    'BullMQ on Redis',
    (jobs) => makeBullmq({ options: { connection: server.connection } }, jobs),
    bullmqLimits,
  )
})
