import { once } from 'node:events'
import { Queue, Worker } from 'bullmq'
import { bullmqQueue } from '../../../src/bullmq.ts'
import { type BullmqServer, postgresServer, redisServer } from '../../helpers/bullmq-world.ts'
import type { BenchQueue, StartedBench } from './bench-queue.ts'

export const bullmqRedis: BenchQueue = {
  name: 'BullMQ/Redis',
  start: async () => start(await redisServer()),
}
export const bullmqPostgres: BenchQueue = {
  name: 'BullMQ/Postgres',
  start: async () => start(await postgresServer()),
}

async function start({ connection, backend, stop }: BullmqServer): Promise<StartedBench> {
  const queue = new Queue('bench', { connection }, backend as never)
  const make = (): Worker =>
    new Worker('bench', async (job) => job.data.n, { connection, autorun: false }, backend as never)
  const byHand = make()
  const driven = make()
  let token = 0
  return {
    adapter: bullmqQueue({ workers: [driven] }),
    async add(jobs) {
      await queue.addBulk(Array.from({ length: jobs }, (_, n) => ({ name: 'job', data: { n } })))
    },
    async bare() {
      for (;;) {
        const own = `by hand ${++token}`
        const job = await byHand.getNextJob(own, { block: false })
        if (job === undefined) return
        await byHand.processJob(job, own, () => false)
      }
    },
    async worker() {
      const worker = make()
      const drained = once(worker, 'drained')
      const running = worker.run()
      await drained
      await worker.close()
      await running
    },
    async stop() {
      for (const one of [byHand, driven, queue]) await one.close()
      await stop()
    },
  }
}
