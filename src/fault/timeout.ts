import { describe } from '../queue/describe.ts'
import { canHoldAt, type Fault, faultBrand } from './fault.ts'
import { bad } from './options-of.ts'

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
  if (order !== 'retry-first' && order !== 'old-first') {
    throw bad(`timeout(order) takes 'retry-first' or 'old-first': received ${describe(order)}.`)
  }
  return {
    [faultBrand]: true,
    name: 'timeout',
    variant: order,
    obstacle: (place, _policy, facts) => {
      if (facts?.timeoutMs === undefined) return 'the job sets no time-out'
      if (!place.pausable) return 'code that is not async cannot be overtaken'
      return canHoldAt(place) ? undefined : 'at a return its value is on its way already'
    },
    idle: ({ wasHeld }) => (wasHeld ? undefined : 'the code cannot be held there'),
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
