import { type Duration, durationMs } from '../model/time.ts'
import { checkRange } from '../queue/time-range.ts'
import { type Fault, faultBrand } from './fault.ts'
import { optionsOf } from './options-of.ts'

/**
 * A deploy: `signal` is aborted; the job may finish, checkpoint or bail out (reject with `signal.reason` or an
 * `AbortError`), and then gives its job back at once. After `grace`, in virtual time, its worker is killed.
 * Default `'30s'`.
 *
 * @example
 * ```ts
 * glitchBeforeLine('src/jobs/charge.ts:14', interrupt({ grace: '10s' }))
 * ```
 */
export function interrupt(options?: { grace?: Duration }): Fault {
  const { grace = '30s' } = optionsOf('interrupt', options, ['grace'])
  const what = 'The grace of interrupt()'
  const graceMs = durationMs(grace, what)
  checkRange(Date.now() + graceMs, grace, what)
  return {
    [faultBrand]: true,
    name: 'interrupt',
    obstacle: () => undefined,
    strike: ({ delivery }) => {
      delivery.interrupt(graceMs)
      return false
    },
  }
}
