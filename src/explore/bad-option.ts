import { closest, distance } from 'fastest-levenshtein'
import { FaultlineError } from '../model/error.ts'

/** An error that says what was received, what is allowed, and what is nearest. */
export function unknownName(what: string, received: string, allowed: readonly string[]): FaultlineError {
  const near = closest(received, [...allowed])
  return new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `There is no ${what} '${received}'; allowed are ${allowed.join(', ')}.`,
    ...(distance(received, near) <= Math.max(2, near.length / 3)
      ? { hint: `Did you mean '${near}'?` }
      : undefined),
  })
}

/** An option is none, or its value. */
export function bad(message: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', { message })
}

/** What was received, in a few words. */
export function kind(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (value === null || typeof value !== 'object')
    return typeof value === 'function' ? 'a function' : String(value)
  if (value instanceof Date && Number.isNaN(value.getTime())) return 'an invalid Date'
  return Array.isArray(value) ? `a list of ${value.length}` : 'an object'
}
