import { FaultlineError } from '../model/error.ts'
import type { JobContext } from '../model/job.ts'
import type { Finding } from '../oracle/index.ts'
import type { DeliveryPort } from '../perform/index.ts'
import type { Claim, Ending, QueueAdapter } from '../queue/port.ts'
import { asError } from './as-error.ts'

/** The claim of a work that is in no queue: a request handler. */
export function onceClaim(name: string, queue: QueueAdapter, worker: string): Claim {
  return {
    id: `${name}-1`,
    name,
    payload: undefined,
    attempt: 1,
    maxAttempts: 1,
    delivery: 1,
    redelivered: false,
    worker,
    atMs: queue.time.nowMs(),
    part: 'perform',
  }
}

/** Performs a request handler: nothing redelivers it, and it may fail. */
export class OncePort implements DeliveryPort {
  result: unknown
  /** What it failed with. */
  failed: { readonly error: unknown } | undefined
  readonly #fn: (context: JobContext) => unknown
  readonly #queue: QueueAdapter
  /** In a race: the worker's own. */
  readonly #connection: unknown

  constructor(fn: (context: JobContext) => unknown, queue: QueueAdapter, connection?: unknown) {
    this.#fn = fn
    this.#queue = queue
    this.#connection = connection
  }

  async run(claim: Claim, extras: { readonly signal: AbortSignal }): Promise<unknown> {
    const queue = this.#queue
    this.result = await this.#fn({
      id: claim.id,
      name: claim.name,
      attempt: 1,
      maxAttempts: 1,
      redelivered: false,
      get signal() {
        return extras.signal
      },
      ...(this.#connection === undefined ? undefined : { connection: this.#connection }),
      enqueue: queue.enqueue.bind(queue) as JobContext['enqueue'],
    })
    return this.result
  }

  async settle(_claim: Claim, ending: Ending): Promise<{ status: 'completed' | 'dead' }> {
    if (!ending.ok) this.failed = ending
    return { status: ending.ok ? 'completed' : 'dead' }
  }

  async expire(): Promise<number> {
    return this.#queue.time.nowMs()
  }
}

/** A request may fail under a fault; by itself it has to end right. */
export function failedByItself(name: string, { error }: { readonly error: unknown }): Finding {
  const cause = asError(error)
  return {
    reason: 'dead',
    error: new FaultlineError('FAULTLINE_JOB_DEAD', {
      message: `${name} failed without any fault: ${cause.message}`,
      hint: 'If it is right that it fails, catch it in the function, or turn this off: checks: { completes: false }.',
      cause,
    }),
  }
}
