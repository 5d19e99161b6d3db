import { defineJob, memoryQueue } from '../../src/queue/index.ts'
import { startMs } from './harness.ts'
import { queueContract } from './queue.ts'

queueContract('memory', (options) => {
  const jobs = new Map(options.map((job) => [job.name, defineJob<unknown>(job)]))
  return {
    queue: memoryQueue({ now: new Date(startMs) }),
    request: (name, payload, enqueueOptions) => jobs.get(name)!.with(payload, enqueueOptions),
  }
})
