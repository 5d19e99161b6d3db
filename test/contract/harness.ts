import type { EnqueueOptions, JobOptions, JobRequest } from '../../src/model/job.ts'
import type { Claim, DueWindow, QueueAdapter, Settlement } from '../../src/queue/port.ts'

/** A queue with the jobs of one test. */
export interface ContractQueue {
  readonly queue: QueueAdapter
  /** Asks the queue's own way for one of the jobs. */
  request(name: string, payload?: unknown, options?: EnqueueOptions): JobRequest
  dispose?(): unknown
}

/** Makes a queue that knows these jobs, with their retry policies translated to its own. */
export type MakeQueue = (jobs: readonly JobOptions<unknown>[]) => ContractQueue | Promise<ContractQueue>

/** Where a queue cannot do what others can, its adapter says so. */
export interface ContractLimits {
  /** Options of an enqueue that the queue does not have. */
  readonly without?: readonly (keyof EnqueueOptions | 'onDead')[]
  /** How long a failed attempt (1-based) waits, where the queue itself decides that. */
  readonly retryAfterMs?: (attempt: number) => number
}

/** When each attempt is due, in milliseconds since the first one: as declared, or as the queue decides. */
export function attemptsDue({ retryAfterMs }: ContractLimits, ...declaredMs: number[]): number[] {
  let dueMs = 0
  return declaredMs.map((declared, index) =>
    retryAfterMs === undefined ? declared : (dueMs += retryAfterMs(index + 1)),
  )
}

export const startMs: number = Date.UTC(2026, 0, 1)
const signal = new AbortController().signal

/** Performs one delivery to its end as the engine does. */
export async function deliver(queue: QueueAdapter, window?: DueWindow): Promise<Claim | undefined> {
  const claim = await queue.claim('worker 1', window)
  if (claim !== undefined) await end(queue, claim)
  return claim
}

/** Runs a claim and settles it; `ahead`: the next claim follows at once. */
export async function end(queue: QueueAdapter, claim: Claim, ahead?: DueWindow): Promise<Settlement> {
  try {
    const result = await queue.run(claim, { signal })
    return await queue.settle(claim, { ok: true, result }, undefined, ahead)
  } catch (error) {
    return await queue.settle(claim, { ok: false, error }, undefined, ahead)
  }
}

/** Performs everything in the window; each delivery as `<id>@<milliseconds since the start>`. */
export async function drain(queue: QueueAdapter, window?: DueWindow): Promise<string[]> {
  const seen: string[] = []
  for (let left = 100; left > 0; left--) {
    const claim = await deliver(queue, window)
    if (claim === undefined) return seen
    seen.push(`${claim.id}@${claim.atMs - startMs}`)
  }
  throw new Error(`The queue does not drain: ${seen.join(' ')}`)
}
