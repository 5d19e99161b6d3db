import { type Fault, faultBrand } from './fault.ts'

/** Which of the two goes first: the retry, or what still runs of the attempt that timed out. */
export type TimeoutOrder = 'retry-first' | 'old-first'

/**
 * The job's time-out passes: the attempt is failed and `signal` is aborted, while its code runs on beside the retry.
 * Applies only to jobs that set a `timeout`.
 *
 * @example
 * ```ts
 * glitchBeforeLine('src/jobs/charge.ts:14', timeout('old-first'))
 * ```
 */
export function timeout(order: TimeoutOrder = 'retry-first'): Fault {
  return {
    [faultBrand]: true,
    name: 'timeout',
    variant: order,
    obstacle: (place, _policy, facts) => {
      if (facts?.timeoutMs === undefined) return 'the job sets no time-out'
      return place.pausable ? undefined : 'code that is not async cannot be overtaken'
    },
    strike: ({ delivery, activation, canHold }) => {
      if (!canHold) return false
      activation.w = delivery.suspend('timedOut', order)
      return true
    },
    holdAwait: async (delivery, awaited) => {
      const value = await awaited
      await delivery.suspend('timedOut', order)
      return value
    },
  }
}
