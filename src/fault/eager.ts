import { type Fault, faultBrand } from './fault.ts'

/**
 * A job that is due at once starts on another worker before `enqueue` returns, and runs to its end, or until it is
 * blocked by what its caller holds. It does not see what the caller has not committed. A delivery fault: it is done
 * where a job enqueues another one; as a glitch at a line, with the next one that this delivery enqueues.
 *
 * @example
 * ```ts
 * runSimulation(work, assertions, { faults: [eager()] })
 * ```
 */
export function eager(): Fault {
  return {
    [faultBrand]: true,
    name: 'eager',
    needs: 'claimJob',
    sites: ({ key }) => key.startsWith('after-enqueue:'),
    nowhere: 'no job enqueues another one',
    obstacle: (_place, _policy, facts) =>
      facts?.dueNow === false ? 'what is enqueued there is not due at once' : undefined,
    idle: ({ eager }) => (eager ? 'no job that is due at once was enqueued after it' : undefined),
    strike: ({ delivery }) => {
      delivery.eager = true
      return false
    },
  }
}
