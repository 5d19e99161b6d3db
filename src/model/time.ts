import ms from 'ms'
import { FaultlineError } from './error.ts'

/** A number of milliseconds, or a number with a unit: `'250ms' | '3s' | '5m' | '2h' | '14d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

/** A point in time, or a duration that counts from the virtual now. */
export type When = Date | Duration

const SHAPE = /^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/
const ALLOWED =
  "a number of milliseconds ≥ 0, or a number with a unit such as '250ms', '3s', '5m', '2h', '14d'"

/** The duration in milliseconds; `what` names the option in the error. */
export function durationMs(value: Duration, what: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  if (typeof value === 'string' && SHAPE.test(value)) return ms(value as ms.StringValue)
  throw badTime(value, what, ALLOWED)
}

/** The point in time in milliseconds since the epoch; a duration counts from `nowMs`. */
export function whenMs(value: When, nowMs: number, what: string): number {
  if (value instanceof Date) {
    if (!Number.isNaN(value.getTime())) return value.getTime()
  } else if (typeof value === 'number' || typeof value === 'string') {
    return nowMs + durationMs(value, what)
  }
  throw badTime(value, what, `a valid Date, ${ALLOWED}`)
}

function badTime(value: unknown, what: string, allowed: string): FaultlineError {
  const received =
    value instanceof Date ? 'an invalid Date' : typeof value === 'string' ? `'${value}'` : String(value)
  return new FaultlineError('FAULTLINE_BAD_TIME', {
    message: `${what} is no time: received ${received}; allowed is ${allowed}.`,
  })
}
