import type { Backoff } from '../model/job.ts'
import { durationMs } from '../model/time.ts'

/**
 * How long a failed attempt waits before the next one, in milliseconds. `exponential` doubles with each
 * attempt: delay, 2 × delay, 4 × delay …
 *
 * @throws FAULTLINE_BAD_TIME where a backoff function returns what is no duration.
 * @example
 * ```ts
 * backoffMs({ type: 'exponential', delay: '1s' }, 3, error, 'charge') // 4000
 * ```
 */
export function backoffMs(backoff: Backoff, attempt: number, error: unknown, name: string): number {
  const what = `The backoff of job '${name}'`
  if (typeof backoff === 'function') {
    return durationMs(backoff(attempt, error), `${what} after attempt ${attempt}`)
  }
  if (typeof backoff !== 'object') return durationMs(backoff, what)
  const delay = durationMs(backoff.delay, `${what}: its delay`)
  return backoff.type === 'exponential' ? delay * 2 ** (attempt - 1) : delay
}
