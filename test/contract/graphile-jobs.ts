import type { JobHelpers, TaskSpec } from 'graphile-worker'
import { graphileWorkerQueue } from '../../src/graphile-worker.ts'
import type { EnqueueOptions, JobContext, JobOptions } from '../../src/model/job.ts'
import { checkEnqueueOptions, dueMsOf } from '../../src/queue/enqueue-options.ts'
import { type ContractQueue, startMs } from './harness.ts'

/** A task of graphile-worker for each of these jobs. */
export async function makeGraphileQueue(
  pool: object,
  jobs: readonly JobOptions<unknown>[],
): Promise<ContractQueue> {
  const attempts = new Map(jobs.map((job) => [job.name, job.attempts ?? 5]))
  const tasks = Object.fromEntries(
    jobs.map(({ name, perform }) => [
      name,
      async (payload: unknown, { job, abortSignal: signal }: JobHelpers) => {
        const context: JobContext = {
          id: String(job.id),
          name,
          attempt: job.attempts,
          maxAttempts: job.max_attempts,
          redelivered: false,
          signal: signal!,
          enqueue: ((request: never) => queue.enqueue(request)) as JobContext['enqueue'],
        }
        return (await perform!(payload as never, context)) as never
      },
    ]),
  )
  const queue = graphileWorkerQueue({ pool, tasks })
  await queue.clear({ nowMs: startMs })
  return {
    queue,
    request: (name, payload, options = {}) => queue.job(name, payload, specOf(name, options)),
    dispose: () => queue.clear(),
  }

  function specOf(name: string, options: EnqueueOptions): TaskSpec {
    checkEnqueueOptions(options, name)
    return {
      runAt: new Date(dueMsOf(options, queue.time.nowMs(), name)),
      priority: options.priority ?? 0,
      maxAttempts: attempts.get(name)!,
      ...(options.key === undefined ? undefined : { jobKey: options.key }),
    }
  }
}

/** How long graphile-worker waits after a failed attempt. */
export function retryAfterMs(attempt: number): number {
  return Math.ceil(Math.exp(Math.min(attempt, 10)) * 1_000)
}
