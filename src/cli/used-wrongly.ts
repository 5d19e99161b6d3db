import { closest, distance } from 'fastest-levenshtein'
import { FaultlineError } from '../model/error.ts'

/** A command line that cannot be understood; the program ends with exit code 2. */
export function usedWrongly(message: string, hint?: string, cause?: unknown): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', {
    message,
    ...(hint === undefined ? undefined : { hint }),
    ...(cause === undefined ? undefined : { cause }),
  })
}

/** `Did you mean 'gate'?`, where something is near enough. */
export function nearest(received: string, allowed: readonly string[]): string | undefined {
  if (allowed.length === 0) return undefined
  const near = closest(received, [...allowed])
  return distance(received, near) <= Math.max(2, near.length / 3) ? `Did you mean '${near}'?` : undefined
}
