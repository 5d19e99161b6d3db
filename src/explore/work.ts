import { FaultlineError } from '../model/error.ts'
import { isJobDefinition, isJobRequest, type JobContext, type JobRequest } from '../model/job.ts'
import type { QueueAdapter } from '../queue/port.ts'

const brand: unique symbol = Symbol.for('faultline.work') as never

/** Work that the application's own code enqueues; see {@link enqueuedBy}. */
export interface EnqueuedBy {
  readonly [brand]: 'enqueuedBy'
  readonly fn: (context: { queue: QueueAdapter; world: never }) => unknown
}

/** Work that nothing redelivers; see {@link once}. */
export interface Once {
  readonly [brand]: 'once'
  readonly fn: (context: JobContext) => unknown
}

/** What is under test: a job, a script, what some code enqueues, or a request handler. */
export type Work = JobRequest | ((context: JobContext) => unknown) | EnqueuedBy | Once

/**
 * Whatever `fn` enqueues is the work. It runs after `setup` and gives no points itself.
 *
 * @example
 * ```ts
 * runSimulation(enqueuedBy(({ queue }) => queue.enqueue(charge, { orderId: 7 })), assertions)
 * ```
 */
export function enqueuedBy<W = unknown>(
  fn: (context: { queue: QueueAdapter; world: W }) => unknown,
): EnqueuedBy {
  return { [brand]: 'enqueuedBy', fn: functionOf(fn, 'enqueuedBy') as EnqueuedBy['fn'] }
}

/**
 * A request handler: faults strike it, nothing redelivers it, and it may fail. What it enqueued is performed
 * and judged.
 *
 * @example
 * ```ts
 * runSimulation(once(({ enqueue }) => handleSignUp(request)), assertions)
 * ```
 */
export function once(fn: (context: JobContext) => unknown): Once {
  return { [brand]: 'once', fn: functionOf(fn, 'once') as Once['fn'] }
}

function functionOf(value: unknown, maker: string): unknown {
  if (typeof value === 'function') return value
  throw new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `${maker}(fn) takes a function: received ${describe(value)}.`,
  })
}

/** What kind of work a value is; anything else is an error that says what is allowed. */
export function kindOfWork(work: unknown): 'job' | 'script' | 'enqueuedBy' | 'once' {
  if (isJobRequest(work)) return 'job'
  if (typeof work === 'function') return 'script'
  if (typeof work === 'object' && work !== null && brand in work) return (work as EnqueuedBy | Once)[brand]
  throw new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `That is no work: received ${describe(work)}; allowed are job.with(payload), a function, enqueuedBy(fn) and once(fn).`,
    ...(isJobDefinition(work)
      ? { hint: `Give it a payload: ${(work as { name: string }).name}.with({ … }).` }
      : undefined),
  })
}

/** The name of a simulation that was given none. */
export function nameOfWork(work: Work): string {
  const kind = kindOfWork(work)
  if (kind === 'job') return (work as JobRequest).name
  const fn = kind === 'script' ? (work as () => unknown) : (work as Once | EnqueuedBy).fn
  return fn.name || { script: 'script', once: 'request', enqueuedBy: 'enqueued work' }[kind]
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (value instanceof Promise) return 'a promise (the function itself is wanted)'
  if (isJobDefinition(value)) return `the job definition ${(value as { name: string }).name}`
  return typeof value === 'object'
    ? `an object with ${Object.keys(value).join(', ') || 'no keys'}`
    : typeof value
}
