import { error } from './error.ts'
import type { Fault } from './fault.ts'

/**
 * A failure that never goes away: from its first strike on, that place fails on every attempt of the job, so that the
 * job dies and what it promises for its death is simulated. Its `onDead` runs undisturbed. By default a
 * {@link GlitchError}; any value can be given, or a function that makes one. Judged by the option `whenDead`.
 *
 * @example
 * ```ts
 * runSimulation(work, assertions, { faults: [exhaust()], whenDead: (run, world) => world.refunds.length === 1 })
 * ```
 */
export function exhaust(value?: unknown | (() => unknown)): Fault {
  return {
    ...error(value),
    name: 'exhaust',
    permanent: true,
    sites: ({ kind }) => kind !== 'settle' && kind !== 'start',
  }
}
