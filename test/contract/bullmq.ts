import { type JobsOptions, Queue, Worker } from 'bullmq'
import { bullmqQueue } from '../../src/bullmq.ts'
import type { EnqueueOptions, JobContext, JobOptions } from '../../src/model/job.ts'
import { durationMs } from '../../src/model/time.ts'
import { checkEnqueueOptions, dueMsOf } from '../../src/queue/enqueue-options.ts'
import type { BullmqServer } from '../helpers/bullmq-world.ts'
import { type ContractLimits, type ContractQueue, startMs } from './harness.ts'

/** Keys of BullMQ hold until the job ends, not until it starts; it has no `onDead`. */
export const bullmqLimits: ContractLimits = { without: ['key', 'onDead'] }

let made = 0

/** A queue of BullMQ whose worker performs the given jobs, with their policies in its own words. */
export async function makeBullmq(
  { connection, backend }: BullmqServer,
  jobs: readonly JobOptions<unknown>[],
): Promise<ContractQueue> {
  const name = `contract-${process.pid}-${++made}`
  const ofName = new Map(jobs.map((job) => [job.name, job]))
  const bullmq = new Queue(name, { connection }, backend as never)
  const lock = jobs.find((job) => job.lock !== undefined)?.lock ?? '30s'
  const worker = new Worker(
    name,
    async (job, _token, signal) => {
      const context: JobContext = {
        id: `${name}:${job.id}`,
        name: job.name,
        attempt: job.attemptsMade + 1,
        maxAttempts: job.opts.attempts!,
        redelivered: job.stalledCounter > 0,
        signal: signal!,
        enqueue: (request: unknown) => queue.enqueue(request),
      }
      return ofName.get(job.name)!.perform!(job.data, context)
    },
    {
      connection,
      autorun: false,
      lockDuration: durationMs(lock, 'lock'),
      settings: {
        backoffStrategy: (attempt, _type, error, job) => {
          const { backoff } = ofName.get(job!.name)!
          return durationMs(
            (backoff as (attempt: number, error: unknown) => number)(attempt, error),
            'backoff',
          )
        },
      },
    },
    backend as never,
  )
  const queue = bullmqQueue({ workers: [worker] })
  await queue.clear({ nowMs: startMs })
  return {
    queue,
    request: (jobName, payload, enqueueOptions = {}) =>
      queue.job(bullmq, jobName, payload, native(ofName.get(jobName)!, enqueueOptions, queue.now.getTime())),
    async dispose() {
      await queue.clear()
      await worker.close()
      await bullmq.close()
    },
  }
}

function native(job: JobOptions<unknown>, options: EnqueueOptions, nowMs: number): JobsOptions {
  const { backoff = '3s' } = job
  const { delay, runAt, priority, ...rest } = options
  if (typeof delay === 'string' || runAt !== undefined) checkEnqueueOptions(options, job.name)
  return {
    ...rest,
    attempts: job.attempts ?? 5,
    backoff:
      typeof backoff === 'function'
        ? { type: 'custom' }
        : typeof backoff === 'object'
          ? { type: backoff.type, delay: durationMs(backoff.delay, 'backoff') }
          : { type: 'fixed', delay: durationMs(backoff, 'backoff') },
    ...(priority === undefined ? undefined : { priority }),
    ...(typeof delay === 'number' ? { delay } : undefined),
    ...(typeof delay === 'string' || runAt !== undefined
      ? { delay: Math.max(0, dueMsOf(options, nowMs, job.name) - nowMs) }
      : undefined),
  }
}
