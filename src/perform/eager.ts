import type { Delivery } from '../runtime/index.ts'
import { shared } from '../runtime/index.ts'
import type { Session } from './session.ts'

/** Performs one claimed delivery to its end; asks `blocked` when it makes no progress for a while. */
type Deliver = (claim: NonNullable<Awaited<ReturnType<ClaimJob>>>, blocked: () => boolean) => Promise<void>
type ClaimJob = NonNullable<Session['queue']['claimJob']>

/** Jobs that start on another worker while the one that enqueued them still runs. */
export class EagerJobs {
  readonly #session: Session
  readonly #deliver: Deliver
  readonly #running: Promise<void>[] = []

  constructor(session: Session, deliver: Deliver) {
    this.#session = session
    this.#deliver = deliver
  }

  /** Starts the job; resolves at its end, or as soon as it is blocked: then both run on together. */
  start(caller: Delivery, jobId: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { current } = shared
    // Not in the caller's async context: a transaction that hangs on it is not the other worker's.
    const ended = this.#session
      .outside(() => this.#perform(jobId, resolve))
      .then(undefined, (error) => {
        caller.fatal ??= error
      })
    this.#running.push(ended.then(resolve))
    shared.current = current
    return promise
  }

  /** All that were started have ended. */
  async end(): Promise<void> {
    for (let running = this.#running.shift(); running !== undefined; running = this.#running.shift())
      await running
  }

  async #perform(jobId: string, goOn: () => void): Promise<void> {
    const { queue, workerName } = this.#session
    this.#session.nextWorker()
    const claim = await queue.claimJob?.(this.#session.workerName, jobId)
    try {
      if (claim === undefined) return
      let waits = true
      await this.#deliver(claim, () => {
        const waited = waits
        waits = false
        goOn()
        return waited
      })
    } finally {
      this.#session.workerName = workerName
    }
  }
}
