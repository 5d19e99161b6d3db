import { isDeepStrictEqual } from 'node:util'
import { FaultlineError } from '../model/error.ts'
import type { JobDefinition } from '../model/job.ts'
import { didYouMean } from './nearest.ts'
import type { JobPolicy } from './policy.ts'
import { policyOf } from './policy.ts'

/** A job that a queue knows. */
export interface RegisteredJob {
  job: JobDefinition<never>
  policy: JobPolicy
  /** How many of its name were enqueued since the queue was last cleared. */
  enqueued: number
}

/** The jobs that a queue knows, by name. */
export class JobRegistry {
  readonly #jobs: Map<string, RegisteredJob> = new Map()

  /**
   * The job of that name; a definition that is new becomes known, one that was loaded again replaces the older.
   *
   * @throws FAULTLINE_UNKNOWN_JOB, FAULTLINE_BAD_JOB; the registry is then as it was.
   */
  resolve(name: string, job: JobDefinition<never> | undefined): RegisteredJob {
    const known = this.#jobs.get(name)
    if (known === undefined) {
      if (job === undefined) throw this.#unknown(name)
      const registered = { job, policy: policyOf(job), enqueued: 0 }
      this.#jobs.set(name, registered)
      return registered
    }
    if (job !== undefined && job !== known.job) {
      if (!isSame(known.job, job)) throw conflict(name)
      known.policy = policyOf(job)
      known.job = job
    }
    return known
  }

  resetCounts(): void {
    for (const registered of this.#jobs.values()) registered.enqueued = 0
  }

  /** That there is no such job, and which ones there are. */
  #unknown(name: string): FaultlineError {
    const names = [...this.#jobs.keys()]
    const known = names.length === 0 ? 'this queue knows no job yet' : `known are ${names.join(', ')}`
    return new FaultlineError('FAULTLINE_UNKNOWN_JOB', {
      message: `There is no job '${name}' in this queue; ${known}.`,
      hint:
        didYouMean(name, names) ??
        'Enqueue what defineJob returned; by name, what is in memoryQueue({ jobs: [...] }).',
    })
  }
}

/** A module that is loaded afresh makes an equal definition anew: that is the same job. */
function isSame(a: JobDefinition<never>, b: JobDefinition<never>): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  for (const key of keys) {
    const left = (a as unknown as Record<string, unknown>)[key]
    const right = (b as unknown as Record<string, unknown>)[key]
    if (typeof left === 'function' && typeof right === 'function') {
      if (left.toString() !== right.toString()) return false
    } else if (!isDeepStrictEqual(left, right)) {
      return false
    }
  }
  return true
}

function conflict(name: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_JOB', {
    message: `Two different jobs are named '${name}' in one queue; allowed is one definition per name.`,
    hint: 'Rename one of them, or enqueue the same defineJob result everywhere.',
  })
}
