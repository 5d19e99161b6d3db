import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * What a piece of running code belongs to, by async context. Everything virtual (time, randomness) and
 * everything that fires (points) asks here first; outside of it the real world is untouched.
 */
export interface ExecutionContext {
  /** Virtual time; see `clock/`. */
  readonly clock: ContextClock
  /** The seeded stream behind `Math.random` and `crypto.randomUUID`: a float in [0, 1). */
  readonly random: () => number
  /** The delivery that runs; absent in set-up, assertions and snapshots. */
  readonly delivery?: ContextDelivery
}

/** The part of a virtual clock that a context needs. */
export interface ContextClock {
  /** Where virtual time started: `performance.now` counts from here. */
  readonly startMs?: number
  nowMs(): number
  setTimer(callback: () => void, delayMs: number, repeat: boolean): object
  clearTimer(timer: unknown): void
  /** Lets so many milliseconds pass; what is due on the way fires. */
  pass(ms: number): Promise<void>
  /** So many milliseconds are over at once, as where a process stood still; what is due fires when its code yields. */
  leap?(ms: number): void | Promise<void>
}

/** A job that was just enqueued. */
export interface EnqueuedJob {
  readonly id: string
  /** It is due, and may start on another worker right away. */
  readonly dueNow: boolean
}

/** The part of a running delivery that queues and clocks need; see `runtime/delivery.ts`. */
export interface ContextDelivery {
  /** Its worker process is gone: no code of it may run. */
  readonly dead: boolean
  /** Its worker is frozen, until `sleep` is fulfilled. */
  readonly asleep?: boolean
  readonly sleep?: Promise<void>
  /** Reached before a job is enqueued by this delivery; may throw what is armed there. */
  enqueuePoint(name: string, when: 'before'): void
  /** Reached after that; a queue that gets a promise lets `enqueue` resolve once that is fulfilled. */
  enqueuePoint(name: string, when: 'after', enqueued?: EnqueuedJob): Promise<void> | undefined
  /** A mistake that must not pass for a failure of the job: ends the run. */
  fatal?: Error | undefined
  /** A virtual timer that must die with the delivery. */
  ownTimer(timer: object): void
  /** A virtual timer is about to fire; past a bound the delivery dies of it instead. */
  timerFired(timer: object): void
}

const key = Symbol.for('faultline.context')
const shared = globalThis as { [key]?: AsyncLocalStorage<ExecutionContext> }

/** The one store of the process, also when two copies of the package are loaded. */
export const execution: AsyncLocalStorage<ExecutionContext> = (shared[key] ??= new AsyncLocalStorage())

const now = Promise.resolve()

/**
 * Calls `fn` in a context, after the code that runs now. To come back out of a context costs as much as to enter it;
 * a microtask of its own ends with it.
 */
export function soonWithin<T>(context: ExecutionContext, fn: () => T | Promise<T>): Promise<T> {
  return now.then(() => {
    execution.enterWith(context)
    return fn()
  })
}
