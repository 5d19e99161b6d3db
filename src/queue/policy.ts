import type { Backoff, JobDefinition } from '../model/job.ts'
import { durationMs } from '../model/time.ts'

/** What a queue goes by when an attempt of a job failed or its worker died; all times in milliseconds. */
export interface JobPolicy {
  readonly attempts: number
  readonly backoff: Backoff
  readonly lockMs: number
  readonly timeoutMs: number | undefined
}

const known: WeakMap<object, JobPolicy> = new WeakMap()

/** A job's options with the defaults filled in. */
export function policyOf(job: JobDefinition<never>): JobPolicy {
  const before = known.get(job)
  if (before !== undefined) return before
  const policy: JobPolicy = {
    attempts: job.attempts ?? 5,
    backoff: job.backoff ?? 3_000,
    lockMs: durationMs(job.lock ?? 30_000, `The lock of job '${job.name}'`),
    timeoutMs:
      job.timeout === undefined ? undefined : durationMs(job.timeout, `The timeout of job '${job.name}'`),
  }
  known.set(job, policy)
  return policy
}
