import { installVirtualGlobals, VirtualClock } from '../clock/index.ts'
import type { Performed } from '../model/delivery.ts'
import { FaultlineError } from '../model/error.ts'
import { type When, whenMs } from '../model/time.ts'
import { deadError } from '../queue/dead-error.ts'
import { describe } from '../queue/describe.ts'
import { didYouMean } from '../queue/nearest.ts'
import type { QueueAdapter } from '../queue/port.ts'
import { checkRange } from '../queue/time-range.ts'
import { follow, offMode, shared } from '../runtime/index.ts'
import { performDue } from './perform-due.ts'
import { Session } from './session.ts'

const allowDeadHint =
  'Everything else was performed. Pass `allowDead: true` where death is what the test is about.'

const optionNames: readonly string[] = ['allowDead', 'limit']

/** How `performAll` and its like are told where to stop. */
export interface PerformOptions {
  /** A job that dies does not make it throw. */
  readonly allowDead?: boolean
  /** Deliveries after which it stops with `FAULTLINE_RUNAWAY`; default 10 000. */
  readonly limit?: number
}

/**
 * Performs everything, in strict production order on the virtual clock: always the earliest due job, then the
 * next; retries when their time has come.
 *
 * @example
 * ```ts
 * await queue.enqueue(charge, { orderId: 7 })
 * const { performed } = await performAll(queue)
 * ```
 * @throws FaultlineError `FAULTLINE_JOB_DEAD` when a job died (unless `allowDead`), after all else was performed;
 * `FAULTLINE_RUNAWAY` past `limit` deliveries; `FAULTLINE_BAD_OPTION` for options that are none.
 */
export function performAll(queue: QueueAdapter, options: PerformOptions = {}): Promise<Performed> {
  return performWindow(queue, {}, options, 'performAll')
}

/**
 * Performs what is due at or before the cutoff, and what those jobs enqueue for before it.
 *
 * @example
 * ```ts
 * await performAllBefore(queue, '4s')        // up to and including 4 s from now
 * ```
 * @throws FaultlineError `FAULTLINE_BAD_TIME` for a cutoff that is no time; else as {@link performAll}.
 */
export async function performAllBefore(
  queue: QueueAdapter,
  cutoff: When,
  options: PerformOptions = {},
): Promise<Performed> {
  checkQueue(queue, 'performAllBefore')
  return performWindow(queue, { untilMs: cutoffMs(queue, cutoff) }, options, 'performAllBefore')
}

/** The same as {@link performAllBefore}. */
export const performAllWithin: typeof performAllBefore = performAllBefore

/**
 * Performs what is due at or after the cutoff, and what those jobs enqueue for after it.
 *
 * @example
 * ```ts
 * await performAllAfter(queue, new Date('2027-01-01'))
 * ```
 * @throws FaultlineError `FAULTLINE_BAD_TIME` for a cutoff that is no time; else as {@link performAll}.
 */
export async function performAllAfter(
  queue: QueueAdapter,
  cutoff: When,
  options: PerformOptions = {},
): Promise<Performed> {
  checkQueue(queue, 'performAllAfter')
  return performWindow(queue, { fromMs: cutoffMs(queue, cutoff) }, options, 'performAllAfter')
}

function cutoffMs(queue: QueueAdapter, cutoff: When): number {
  const ms = whenMs(cutoff, queue.time.nowMs(), 'The cutoff')
  return cutoff instanceof Date ? ms : checkRange(ms, cutoff, 'The cutoff')
}

const clocks = new WeakMap<QueueAdapter, VirtualClock>()

async function performWindow(
  queue: QueueAdapter,
  window: { fromMs?: number; untilMs?: number },
  options: PerformOptions,
  caller: string,
): Promise<Performed> {
  checkQueue(queue, caller)
  checkOptions(options, caller)
  let clock = clocks.get(queue)
  if (clock === undefined) clocks.set(queue, (clock = clockOf(queue)))
  const uninstall = installVirtualGlobals()
  const unfollow = follow()
  const before = { performed: queue.performed.length, dead: queue.dead.length }
  try {
    await performDue(new Session({ queue, mode: offMode, seed: 0 }, clock), {
      ...window,
      limit: options.limit,
    })
  } finally {
    clock.stop()
    unfollow()
    uninstall()
  }
  const dead = queue.dead.slice(before.dead)
  if (dead.length > 0 && !options.allowDead) throw deadError(dead, allowDeadHint)
  return {
    performed: queue.performed.slice(before.performed),
    dead,
    pending: await queue.pending(),
    now: queue.now,
  }
}

/** Outlives a `clear` that starts the queue's time anew. */
function clockOf(queue: QueueAdapter): VirtualClock {
  const time = { nowMs: () => queue.time.nowMs(), advanceTo: (ms: number) => queue.time.advanceTo(ms) }
  return new VirtualClock(time, { activity: () => shared.progress })
}

function checkOptions(options: PerformOptions, caller: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw badOption(`The options of ${caller} must be an object: received ${describe(options)}.`)
  }
  for (const option in options) {
    if (optionNames.includes(option)) continue
    const message = `${caller} has no option '${option}'; allowed are ${optionNames.join(', ')}.`
    throw badOption(message, didYouMean(option, optionNames))
  }
  const { allowDead, limit } = options
  if (allowDead !== undefined && typeof allowDead !== 'boolean')
    throw badOption(
      `The option 'allowDead' of ${caller} must be true or false: received ${describe(allowDead)}.`,
    )
  if (limit === undefined || (Number.isSafeInteger(limit) && limit >= 1)) return
  throw badOption(`The option 'limit' of ${caller} must be a whole number ≥ 1: received ${describe(limit)}.`)
}

function badOption(message: string, hint?: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', hint === undefined ? { message } : { message, hint })
}

function checkQueue(queue: unknown, caller: string): asserts queue is QueueAdapter {
  if (typeof (queue as QueueAdapter | undefined)?.claim === 'function') return
  throw new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `${caller}(queue) takes a queue: received ${queue === null ? 'null' : typeof queue}.`,
    hint: 'Make one with memoryQueue(), or with the adapter of your queue library.',
  })
}
