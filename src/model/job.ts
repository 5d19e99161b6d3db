import type { Duration } from './time.ts'

/**
 * What a payload looks like after it crossed a broker as JSON: dates are ISO strings, functions and
 * `undefined` members are gone.
 */
export type Jsonify<T> = unknown extends T
  ? T
  : T extends { toJSON(): infer J }
    ? J
    : T extends string | number | boolean | null | undefined
      ? T
      : T extends (...args: never[]) => unknown
        ? never
        : T extends readonly unknown[]
          ? { [K in keyof T]: Jsonify<T[K]> }
          : T extends object
            ? { [K in keyof T as T[K] extends (...args: never[]) => unknown ? never : K]: Jsonify<T[K]> }
            : never

/** How long a failed attempt waits: a fixed time, a growing one, or whatever a function says. */
export type Backoff =
  | Duration
  | { readonly type: 'fixed' | 'exponential'; readonly delay: Duration }
  | ((attempt: number, error: unknown) => Duration)

/** What `defineJob` takes. */
export interface JobOptions<P> {
  /** Unique among the jobs of a queue. */
  readonly name: string
  /** The job's code. Either this or `load`. */
  readonly perform?: (payload: Jsonify<P>, context: JobContext) => unknown
  /** Instead of `perform`: imports the job's code; loaded afresh by every worker process. */
  readonly load?: () => Promise<unknown>
  /** How many times the job may be tried; default 5. */
  readonly attempts?: number
  /** The wait before the next attempt; default `'3s'`. */
  readonly backoff?: Backoff
  /** After how long an attempt is failed although its code still runs; default: never. */
  readonly timeout?: Duration
  /** How long a dead worker's job stays claimed; default `'30s'`. */
  readonly lock?: Duration
  /** Runs when the last attempt failed; retried like a delivery. */
  readonly onDead?: (payload: Jsonify<P>, error: unknown, context: JobContext) => unknown
}

/** When and how one job is enqueued. */
export interface EnqueueOptions {
  /** Counts from the virtual now. */
  readonly delay?: Duration
  readonly runAt?: Date
  /** Lower goes first; default 0. */
  readonly priority?: number
  /** Unique while the job waits: a second enqueue with the same key is dropped. */
  readonly key?: string
}

/** One job that is to be enqueued: which, with what, when. */
export interface JobRequest {
  readonly [requestBrand]: true
  readonly name: string
  /** The definition, where the queue itself does not hold it. */
  readonly job?: JobDefinition<never>
  /** The payload, or a function that yields it; see {@link payloadOf}. */
  readonly payload: unknown
  readonly options: EnqueueOptions
  /** What a driver's own enqueue takes; only its adapter reads it. */
  readonly native?: unknown
}

/** A job as `defineJob` returns it; without a type argument, any job. */
// biome-ignore lint/suspicious/noExplicitAny: a list of jobs holds jobs of every payload
export interface JobDefinition<P = any> extends JobOptions<P> {
  readonly [jobBrand]: true
  /**
   * The request to enqueue this job with `payload`; a function is evaluated after `setup`.
   *
   * @example
   * ```ts
   * charge.with({ orderId: 7 })
   * charge.with(async () => ({ orderId: (await createOrder()).id }), { delay: '5m' })
   * ```
   */
  with(payload: P | (() => P | Promise<P>), options?: EnqueueOptions): JobRequest
}

/** What `perform` gets beside its payload. */
export interface JobContext {
  /** Stable over all deliveries of the job. */
  readonly id: string
  readonly name: string
  /** 1-based. */
  readonly attempt: number
  readonly maxAttempts: number
  /** An earlier delivery's worker died or lost its lock. */
  readonly redelivered: boolean
  /** Aborted by interrupt and timeout. */
  readonly signal: AbortSignal
  /** In a race: what `connect(worker)` gave. */
  readonly connection?: unknown
  enqueue(request: JobRequest): Promise<string>
  enqueue<P>(job: JobDefinition<P>, payload: NoInfer<P>, options?: EnqueueOptions): Promise<string>
  /** By the name of a job that the queue knows. */
  enqueue(name: string, payload: unknown, options?: EnqueueOptions): Promise<string>
}

export const jobBrand: unique symbol = Symbol.for('faultline.job') as never
export const requestBrand: unique symbol = Symbol.for('faultline.request') as never

/** Whether a value is a {@link JobRequest}, of any loaded copy of the package. */
export function isJobRequest(value: unknown): value is JobRequest {
  return typeof value === 'object' && value !== null && requestBrand in value
}

/** Whether a value is a {@link JobDefinition}, of any loaded copy of the package. */
export function isJobDefinition(value: unknown): value is JobDefinition<never> {
  return typeof value === 'object' && value !== null && jobBrand in value
}

/** The payload of a request: what was given, or what the given function yields. */
export async function payloadOf(request: JobRequest): Promise<unknown> {
  return typeof request.payload === 'function' ? await request.payload() : request.payload
}
