import { afterAll, beforeAll, describe } from 'vitest'
import { type BullmqServer, redisServer } from '../helpers/bullmq-world.ts'
import { hasRedis } from '../helpers/redis.ts'
import { bullmqLimits, makeBullmq } from './bullmq.ts'
import { queueContract } from './queue.ts'

describe.skipIf(!hasRedis)('on a real server', () => {
  let server: BullmqServer
  beforeAll(async () => {
    server = await redisServer()
  })
  afterAll(() => server.stop())

  queueContract('BullMQ on Redis', (jobs) => makeBullmq(server, jobs), bullmqLimits)
})
