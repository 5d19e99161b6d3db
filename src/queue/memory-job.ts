import type { DueJob } from '../model/delivery.ts'
import type { RegisteredJob } from './job-registry.ts'
import type { Claim, ParallelJob } from './port.ts'
import { RealDate } from './real-date.ts'

/** One job in the memory queue, from its enqueue to its end. */
export interface MemoryJob {
  readonly id: string
  readonly registered: RegisteredJob
  readonly payload: unknown
  readonly priority: number
  /** The order of enqueueing, unless it was put off. */
  order: number
  readonly key: string | undefined
  dueMs: number
  /** The attempt that the next delivery will be, or that runs; 1-based. */
  attempt: number
  /** How many deliveries were started. */
  deliveries: number
  redelivered: boolean
  part: 'perform' | 'dead'
  /** What the last attempt failed with; for `onDead`. */
  error: unknown
  /** The delivery that holds it; none while it waits. */
  claim: MemoryClaim | undefined
}

/** A delivery of the memory queue. */
export class MemoryClaim implements Claim {
  readonly id: string
  readonly name: string
  readonly payload: unknown
  readonly attempt: number
  readonly maxAttempts: number
  readonly delivery: number
  readonly redelivered: boolean
  readonly worker: string
  readonly atMs: number
  readonly part: 'perform' | 'dead'
  declare readonly timeoutMs?: number
  readonly #job: MemoryJob

  constructor(job: MemoryJob, worker: string, atMs: number) {
    const { job: definition, policy } = job.registered
    this.id = job.id
    this.name = definition.name
    this.payload = job.payload
    this.attempt = job.attempt
    this.maxAttempts = policy.attempts
    this.delivery = job.deliveries
    this.redelivered = job.redelivered
    this.worker = worker
    this.atMs = atMs
    this.part = job.part
    this.#job = job
    if (policy.timeoutMs !== undefined) this.timeoutMs = policy.timeoutMs
  }

  /** The job behind a claim of any memory queue; undefined for what is no such claim. */
  static jobOf(claim: Claim): MemoryJob | undefined {
    return #job in claim ? claim.#job : undefined
  }
}

/** A job that waits, as the queue's users see it. */
export function dueJobOf(job: MemoryJob): DueJob {
  return {
    id: job.id,
    name: job.registered.job.name,
    payload: job.payload,
    at: new RealDate(job.dueMs),
    priority: job.priority,
    attempt: job.attempt,
  }
}

/** A job that waits, as one that may start in another order. */
export function parallelJobOf({ id, registered, deliveries, part }: MemoryJob): ParallelJob {
  return { id, name: registered.job.name, delivery: deliveries + 1, part }
}
