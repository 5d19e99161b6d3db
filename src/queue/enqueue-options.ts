import { FaultlineError } from '../model/error.ts'
import type { EnqueueOptions } from '../model/job.ts'
import { durationMs, whenMs } from '../model/time.ts'
import { describe } from './describe.ts'
import { didYouMean } from './nearest.ts'
import { checkRange } from './time-range.ts'

const OPTIONS: readonly string[] = ['delay', 'runAt', 'priority', 'key']

/**
 * Refuses options that are unknown, of the wrong kind, or contradict each other.
 *
 * @throws FAULTLINE_BAD_OPTION, FAULTLINE_BAD_TIME
 */
export function checkEnqueueOptions(options: EnqueueOptions, name: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw badOption(
      `The options of an enqueue of '${name}' must be an object: received ${describe(options)}.`,
    )
  }
  for (const option in options) {
    if (OPTIONS.includes(option)) continue
    const message = `An enqueue of '${name}' has no option '${option}'; allowed are ${OPTIONS.join(', ')}.`
    throw badOption(message, didYouMean(option, OPTIONS))
  }
  const { delay, runAt, priority, key } = options
  if (delay !== undefined && runAt !== undefined) {
    throw badOption(`An enqueue of '${name}' has both 'delay' and 'runAt'; allowed is one of them.`)
  }
  if (delay !== undefined) dueMsOf(options, 0, name)
  if (runAt !== undefined) checkRunAt(runAt, name)
  if (priority !== undefined && !Number.isFinite(priority)) {
    throw badOption(
      `The option 'priority' of an enqueue of '${name}' must be a finite number: received ${describe(priority)}.`,
    )
  }
  if (key !== undefined && (typeof key !== 'string' || key === '')) {
    throw badOption(
      `The option 'key' of an enqueue of '${name}' must be a string that is not empty: received ${describe(key)}.`,
    )
  }
}

/**
 * When a job that is enqueued at `nowMs` with these options is due, in milliseconds since the epoch.
 *
 * @throws FAULTLINE_BAD_TIME where that is past the range of Date.
 */
export function dueMsOf(options: EnqueueOptions, nowMs: number, name: string): number {
  if (options.runAt !== undefined) return options.runAt.getTime()
  if (options.delay === undefined) return nowMs
  const what = `The delay of an enqueue of '${name}'`
  return checkRange(nowMs + durationMs(options.delay, what), options.delay, what)
}

function checkRunAt(runAt: unknown, name: string): void {
  const what = `The runAt of an enqueue of '${name}'`
  if (runAt instanceof Date) {
    whenMs(runAt, 0, what)
    return
  }
  throw new FaultlineError('FAULTLINE_BAD_TIME', {
    message: `${what} is no time: received ${describe(runAt)}; allowed is a valid Date.`,
    hint: "For a time that counts from now give 'delay'.",
  })
}

function badOption(message: string, hint?: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', hint === undefined ? { message } : { message, hint })
}
