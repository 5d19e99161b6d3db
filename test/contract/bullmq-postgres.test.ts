import { afterAll, beforeAll } from 'vitest'
import { type BullmqServer, postgresServer } from '../helpers/bullmq-world.ts'
import { bullmqLimits, makeBullmq } from './bullmq.ts'
import { queueContract } from './queue.ts'

let server: BullmqServer

beforeAll(async () => {
  server = await postgresServer()
})
afterAll(() => server.stop())

queueContract('BullMQ on Postgres', (jobs) => makeBullmq(server, jobs), bullmqLimits)
