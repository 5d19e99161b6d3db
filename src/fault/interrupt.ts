import { type Duration, durationMs } from '../model/time.ts'
import { type Fault, faultBrand } from './fault.ts'

/**
 * A deploy: `signal` is aborted; the job may finish, checkpoint or bail out (reject with `signal.reason` or an
 * `AbortError`). After `grace`, in virtual time, its worker is killed. Default `'30s'`.
 *
 * @example
 * ```ts
 * glitchBeforeLine('src/jobs/charge.ts:14', interrupt({ grace: '10s' }))
 * ```
 */
export function interrupt(options: { grace?: Duration } = {}): Fault {
  const graceMs = durationMs(options.grace ?? '30s', 'The grace of interrupt()')
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
