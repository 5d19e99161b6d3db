import { type Fault, faultBrand } from './fault.ts'

/**
 * Of several jobs that are due at the same time, with the same priority and without a key, the first one starts after
 * the others. A delivery fault: it is done where such a job would start; as a glitch at a line, when the next ones start.
 *
 * @example
 * ```ts
 * runSimulation(work, assertions, { faults: [reorder()] })
 * ```
 */
export function reorder(): Fault {
  return {
    [faultBrand]: true,
    name: 'reorder',
    needs: 'parallel',
    sites: ['start'],
    nowhere: 'no two jobs that may start in any order were due together',
    obstacle: () => undefined,
    idle: ({ postponed }) =>
      postponed ? 'no two jobs that may start in any order were due together after it' : undefined,
    strike: ({ delivery }) => {
      delivery.postponed = true
      return false
    },
  }
}
