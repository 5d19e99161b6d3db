import { type Fault, faultBrand } from './fault.ts'

/**
 * The queue delivers a job once more after it was settled. A delivery fault: it is done where a delivery settles.
 *
 * @example
 * ```ts
 * runSimulation(work, assertions, { faults: [duplicate()] })
 * ```
 */
export function duplicate(): Fault {
  return {
    [faultBrand]: true,
    name: 'duplicate',
    sites: ['settle'],
    needs: 'duplicate',
    obstacle: (_place, _policy, facts) => (facts?.once ? 'nothing redelivers a request' : undefined),
    idle: ({ duplicated }) => (duplicated ? 'that delivery did not complete its job' : undefined),
    strike: ({ delivery }) => {
      delivery.duplicated = true
      return false
    },
  }
}
