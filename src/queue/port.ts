import type { DeliveryOutcome, DeliveryRecord, DueJob } from '../model/delivery.ts'
import type { EnqueueOptions, JobDefinition, JobRequest } from '../model/job.ts'

/** Virtual time as a queue keeps it. */
export interface QueueTime {
  nowMs(): number
  /** Only forward; an earlier time is ignored. */
  advanceTo(ms: number): void | Promise<void>
}

/** Which due jobs may be claimed, in milliseconds since the epoch; both bounds are included. */
export interface DueWindow {
  readonly fromMs?: number
  readonly untilMs?: number
}

/** One delivery: a job that a worker holds. Made by `claim`, ended by `settle` or `expire`. */
export interface Claim {
  readonly id: string
  readonly name: string
  readonly payload: unknown
  /** 1-based, as the queue counts. */
  readonly attempt: number
  readonly maxAttempts: number
  /** 1-based: the how-many-th delivery of this job. */
  readonly delivery: number
  readonly redelivered: boolean
  readonly worker: string
  /** Virtual time of the claim. */
  readonly atMs: number
  /** After how long the attempt is failed although its code still runs. */
  readonly timeoutMs?: number
  /** `perform`: the job itself; `dead`: its `onDead`, after the last attempt failed. */
  readonly part: 'perform' | 'dead'
}

/** A job that waits, before its next delivery. */
export interface ParallelJob {
  readonly id: string
  readonly name: string
  /** 1-based: the delivery that is next. */
  readonly delivery: number
  readonly part: 'perform' | 'dead'
}

/** How a delivery's code ended. */
export type Ending =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: unknown }

/** What the queue made of an ending. */
export interface Settlement {
  /** `refused`: the claim had lapsed, and this queue fences. `rescheduled`: the job's code put it off. */
  readonly status: 'completed' | 'retried' | 'rescheduled' | 'dead' | 'refused'
  /** For `retried`, for `rescheduled` and for `dead` with an `onDead` to come: when it is due. */
  readonly nextAtMs?: number
}

/** What an adapter's queue does where queues differ; stated in the docs and asserted by the contract suite. */
export interface QueueCapabilities {
  /** A worker whose lock lapsed cannot settle. */
  readonly fencesZombies: boolean
  /** A dead worker's delivery counts as an attempt. */
  readonly deathConsumesAttempt: boolean
  /** After how many deaths of its workers a job is still delivered; absent: after any number. */
  readonly deathsMax?: number
}

/** What a delivery gets from the engine beside its claim. */
export interface RunExtras {
  readonly signal: AbortSignal
  /** Calls a job's `load` once a worker process, with modules of its own; absent: just call it. */
  readonly load?: (load: () => unknown) => Promise<unknown>
  readonly connection?: unknown
}

/**
 * The port that every queue implements, the embedded one and the adapters of real ones. The engine in
 * `perform/` drives it one delivery at a time: `claim`, `run`, then `settle` — or `expire`, when the worker
 * died or its lock lapsed.
 *
 * ```text
 *            claim            run ok, settle
 *  waiting ────────▶ claimed ────────────────▶ completed
 *     ▲                │ │ run failed, settle
 *     │  retried       │ ├────────────────────▶ dead (attempts used up; onDead runs as a delivery of its own)
 *     └────────────────┤ │
 *     └────────────────┘ expire: the lock lapses, redelivered
 * ```
 */
export interface QueueAdapter {
  /** `memory`, `bullmq` …; for messages. */
  readonly kind: string
  readonly capabilities: QueueCapabilities
  readonly time: QueueTime
  /** The virtual now. */
  readonly now: Date
  /** Where virtual time starts, where its maker said so. */
  readonly startsAt?: Date
  /** Every delivery that ended, in order. */
  readonly performed: DeliveryRecord[]
  /** The last delivery of each job that died. */
  readonly dead: DeliveryRecord[]
  enqueue(request: JobRequest): Promise<string>
  enqueue<P>(job: JobDefinition<P>, payload: NoInfer<P>, options?: EnqueueOptions): Promise<string>
  /** Pools of `pg` that jobs use: connections that a dead worker had checked out are cut. */
  readonly pools?: readonly object[]
  /** In the order in which they would be performed. */
  pending(): Promise<DueJob[]>
  /** Empties the queue, its records and what it knows of past jobs; virtual time stays, or starts anew at `nowMs`. */
  clear(options?: { readonly nowMs?: number }): Promise<void>
  /** Deletes what is left on the server; records and virtual time stay. Absent where nothing outlives the process. */
  sweep?(): Promise<void>
  /** Moves virtual time to the due time of the earliest job in the window and claims it; none: undefined. */
  claim(worker: string, window?: DueWindow): Promise<Claim | undefined>
  /** Calls the user's code and resolves or rejects as it does. Called inside the delivery's async context. */
  run(claim: Claim, extras: RunExtras): Promise<unknown>
  /**
   * Records the ending; `outcome` overrides the word in the record (`timedOut`). With `ahead`, nothing comes between
   * this and a `claim` with that window: a queue whose worker is told of its next job with the answer may ask for it.
   */
  settle(claim: Claim, ending: Ending, outcome?: DeliveryOutcome, ahead?: DueWindow): Promise<Settlement>
  /** Claims this job, where it waits and is due. Absent where the queue cannot start a job before its enqueue returns. */
  claimJob?(worker: string, id: string): Promise<Claim | undefined>
  /**
   * The jobs that `claim` would take next and that may as well start in another order: due at the same time, with the
   * same priority, without a key. Absent where the queue cannot change the order.
   */
  parallel?(window?: DueWindow): Promise<readonly ParallelJob[]>
  /** Lets the first of {@link QueueAdapter.parallel} start after the others. */
  postpone?(window?: DueWindow): Promise<void>
  /** A settled job is delivered once more. Absent where the queue cannot do that. */
  duplicate?(claim: Claim): Promise<void>
  /**
   * The worker is gone or froze: its lock lapses in virtual time and the job is delivered again. Resolves to when.
   * `interrupted`: it was asked to stop, bailed out, and gives the job back: at once, where the queue has a way to.
   */
  expire(claim: Claim, outcome: 'crashed' | 'stalled' | 'interrupted' | 'lost'): Promise<number>
  /** The application is about to boot again: no worker that it starts may work by itself. Absent where none does. */
  bootsAgain?(): void
}
