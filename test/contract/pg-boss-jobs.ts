import type { PgBoss, SendOptions } from 'pg-boss'
import type { EnqueueOptions, JobContext, JobOptions } from '../../src/model/job.ts'
import { durationMs } from '../../src/model/time.ts'
import { pgBossQueue } from '../../src/pg-boss.ts'
import { checkEnqueueOptions, dueMsOf } from '../../src/queue/enqueue-options.ts'
import { type ContractQueue, startMs } from './harness.ts'

/** A queue of pg-boss for each of these jobs, with their retry policies in its own words. */
export async function makeBossQueue(
  boss: PgBoss,
  jobs: readonly JobOptions<unknown>[],
): Promise<ContractQueue> {
  for (const { name, attempts = 5, backoff = '3s', lock = '30s' } of jobs) {
    const { delay, type } =
      typeof backoff === 'object'
        ? backoff
        : { delay: typeof backoff === 'function' ? '3s' : backoff, type: 'fixed' }
    const options = {
      retryLimit: attempts - 1,
      retryDelay: durationMs(delay, 'backoff') / 1_000,
      retryBackoff: type === 'exponential',
      expireInSeconds: durationMs(lock, 'lock') / 1_000,
    }
    if ((await boss.getQueue(name)) === null) await boss.createQueue(name, options)
    else await boss.updateQueue(name, options)
  }
  const queue = pgBossQueue({
    boss,
    async register() {
      for (const { name, attempts = 5, perform } of jobs) {
        await boss.work(name, { includeMetadata: true }, async ([job]) => {
          const context: JobContext = {
            id: job!.id,
            name,
            attempt: job!.retryCount + 1,
            maxAttempts: attempts,
            redelivered: false,
            signal: job!.signal,
            enqueue: ((request: never) => queue.enqueue(request)) as JobContext['enqueue'],
          }
          return await perform!(job!.data as never, context)
        })
      }
    },
  })
  await queue.clear({ nowMs: startMs })
  return {
    queue,
    request: (name, payload = null, options = {}) => queue.job(name, payload, sendOptions(name, options)),
    dispose: () => queue.clear(),
  }

  function sendOptions(name: string, options: EnqueueOptions): SendOptions {
    checkEnqueueOptions(options, name)
    return {
      startAfter: new Date(dueMsOf(options, queue.time.nowMs(), name)),
      priority: -(options.priority ?? 0),
      ...(options.key === undefined ? undefined : { singletonKey: options.key }),
    }
  }
}
