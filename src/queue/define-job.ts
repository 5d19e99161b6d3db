import { FaultlineError } from '../model/error.ts'
import type { Backoff, EnqueueOptions, JobDefinition, JobOptions, JobRequest } from '../model/job.ts'
import { isJobDefinition, jobBrand, requestBrand } from '../model/job.ts'
import { type Duration, durationMs } from '../model/time.ts'
import { describe } from './describe.ts'
import { checkEnqueueOptions } from './enqueue-options.ts'
import { didYouMean } from './nearest.ts'
import { checkRange } from './time-range.ts'

const OPTIONS = ['name', 'perform', 'load', 'attempts', 'backoff', 'timeout', 'lock', 'onDead'] as const
const BACKOFF_OPTIONS = ['type', 'delay'] as const
const BACKOFF_ALLOWED =
  "a duration such as '3s', { type: 'fixed' | 'exponential', delay: duration }, or (attempt, error) => duration"
const NO_OPTIONS: EnqueueOptions = {}

/**
 * Defines a background job: its name, its code and its retry policy. Nothing runs until it is enqueued.
 *
 * What `perform` receives has crossed the queue as JSON: with `defineJob<{ at: Date }>`, `payload.at` is a
 * string.
 *
 * @throws FAULTLINE_BAD_JOB for an option that is missing, unknown or of the wrong kind; FAULTLINE_BAD_TIME
 * for a duration that is none.
 * @example
 * ```ts
 * const charge = defineJob<{ orderId: number }>({
 *   name: 'charge',
 *   async perform({ orderId }, context) { await chargeOrder(orderId, context.signal) },
 *   attempts: 3,
 *   backoff: { type: 'exponential', delay: '1s' },
 * })
 * await queue.enqueue(charge, { orderId: 7 }, { delay: '5m' })
 * ```
 */
export function defineJob<P>(definition: JobOptions<P>): JobDefinition<P>
/** Where the payload's type is written at `perform`: it is plain JSON, and crosses the queue unchanged. */
export function defineJob<P>(
  definition: Omit<JobOptions<P>, 'perform' | 'onDead'> & {
    readonly perform: (payload: P, context: never) => unknown
    readonly onDead?: (payload: P, error: unknown, context: never) => unknown
  },
): JobDefinition<P>
export function defineJob<P>(definition: unknown): JobDefinition<P> {
  check(definition)
  const job = {
    ...(definition as JobOptions<P>),
    [jobBrand]: true,
    with: (payload: unknown, options: EnqueueOptions = NO_OPTIONS) => requestOf(job, payload, options),
  } as unknown as JobDefinition<P>
  return job
}

function requestOf<P>(job: JobDefinition<P>, payload: unknown, options: EnqueueOptions): JobRequest {
  checkEnqueueOptions(options, job.name)
  return {
    [requestBrand]: true,
    name: job.name,
    job: job as unknown as JobDefinition<never>,
    payload,
    options,
  } as JobRequest
}

function check(definition: unknown): void {
  if (typeof definition !== 'object' || definition === null) {
    throw badJob(`defineJob takes an object of options: received ${describe(definition)}.`)
  }
  const job = definition as Record<string, unknown>
  if (typeof job.name !== 'string' || job.name === '') {
    throw badJob(
      `The option 'name' of a job must be a string that is not empty: received ${describe(job.name)}.`,
    )
  }
  const name = job.name
  if (!isJobDefinition(definition)) checkKeys(Object.keys(job), OPTIONS, `The job '${name}'`)
  checkCode(job, name)
  checkFunction(job, 'onDead', name)
  const { attempts } = job
  if (attempts !== undefined && (!Number.isSafeInteger(attempts) || (attempts as number) < 1)) {
    throw badOption('attempts', name, 'a whole number ≥ 1', attempts)
  }
  checkBackoff(job.backoff as Backoff | undefined, name)
  for (const option of ['timeout', 'lock'] as const) {
    if (job[option] === undefined) continue
    const time = spanMs(job[option] as number, `The ${option} of job '${name}'`)
    if (time === 0) throw badOption(option, name, "a duration > 0, such as '30s'", job[option])
  }
}

function checkCode(job: Record<string, unknown>, name: string): void {
  checkFunction(job, 'perform', name)
  checkFunction(job, 'load', name)
  if (job.perform === undefined && job.load === undefined) {
    throw badJob(
      `The job '${name}' has no code: give 'perform', a function, or 'load', a function that imports it.`,
      `perform: async (payload) => { … }, or load: () => import('../src/jobs/${name}')`,
    )
  }
  if (job.perform !== undefined && job.load !== undefined) {
    throw badJob(`The job '${name}' has both 'perform' and 'load'; allowed is one of them.`)
  }
}

function checkFunction(job: Record<string, unknown>, option: string, name: string): void {
  const value = job[option]
  if (value === undefined || typeof value === 'function') return
  throw badOption(option, name, 'a function', value)
}

function checkBackoff(backoff: Backoff | undefined, name: string): void {
  if (backoff === undefined || typeof backoff === 'function') return
  const what = `The backoff of job '${name}'`
  if (typeof backoff === 'number' || typeof backoff === 'string') {
    spanMs(backoff, what)
    return
  }
  if (typeof backoff !== 'object' || backoff === null || Array.isArray(backoff)) {
    throw badOption('backoff', name, BACKOFF_ALLOWED, backoff)
  }
  checkKeys(Object.keys(backoff), BACKOFF_OPTIONS, what)
  if (backoff.type !== 'fixed' && backoff.type !== 'exponential') {
    const hint =
      typeof backoff.type === 'string' ? didYouMean(backoff.type, ['fixed', 'exponential']) : undefined
    throw badJob(
      `${what} has the type ${describe(backoff.type)}; allowed are 'fixed' and 'exponential'.`,
      hint,
    )
  }
  spanMs(backoff.delay, `${what}: its delay`)
}

function spanMs(span: Duration, what: string): number {
  return checkRange(durationMs(span, what), span, what)
}

function checkKeys(keys: readonly string[], allowed: readonly string[], what: string): void {
  for (const key of keys) {
    if (allowed.includes(key)) continue
    const message = `${what} has an option '${key}' that does not exist; allowed are ${allowed.join(', ')}.`
    throw badJob(message, didYouMean(key, allowed))
  }
}

function badOption(option: string, name: string, allowed: string, received: unknown): FaultlineError {
  return badJob(`The option '${option}' of job '${name}' must be ${allowed}: received ${describe(received)}.`)
}

function badJob(message: string, hint?: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_JOB', hint === undefined ? { message } : { message, hint })
}
