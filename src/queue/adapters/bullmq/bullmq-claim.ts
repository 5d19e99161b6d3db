import type { Job } from 'bullmq'
import type { ExecutionContext } from '../../../model/context.ts'
import { FaultlineError } from '../../../model/error.ts'
import { describe } from '../../describe.ts'
import { copyPayload } from '../../payload.ts'
import type { Claim } from '../../port.ts'
import { AdapterClaim } from '../adapter-claim.ts'
import type { DrivenWorker } from './driven-worker.ts'
import { idOf } from './watch-enqueues.ts'

/** A delivery of BullMQ: a job, and the token that it is locked with. */
export class BullmqClaim extends AdapterClaim {
  /** Not for records: they hold what a job is, not how it is locked. */
  readonly #held: Held

  constructor(held: Held, worker: string, atMs: number, redelivered: boolean) {
    const { job, driven } = held
    super({
      worker,
      atMs,
      id: idOf(driven.worker, job.id),
      name: job.name,
      payload: copyPayload(job.data),
      attempt: job.attemptsMade + 1,
      maxAttempts: Math.max(1, job.opts.attempts ?? 1),
      delivery: job.attemptsStarted,
      redelivered: redelivered || job.stalledCounter > 0,
    })
    this.#held = held
  }

  static heldBy(claim: Claim): Held {
    if (#held in claim) return claim.#held
    throw new FaultlineError('FAULTLINE_INTERNAL', {
      message: `The BullMQ adapter was given a claim that it did not make: ${describe(claim)}.`,
    })
  }
}

/** What a claim holds. */
export interface Held {
  readonly driven: DrivenWorker
  readonly job: Job
  readonly token: string
  /** How often the queues had been cleared. */
  readonly era: number
  /** Where its code ran: its listeners see the same time. */
  context?: ExecutionContext
}
