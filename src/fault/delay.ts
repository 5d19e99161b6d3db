import { type Duration, durationMs } from '../model/time.ts'
import { checkRange } from '../queue/time-range.ts'
import { type Fault, faultBrand } from './fault.ts'

/**
 * Time passes between two lines: the virtual clock jumps, as where the process stood still, or while something is
 * awaited. What is due meanwhile fires. Locks with heartbeats hold.
 *
 * @example
 * ```ts
 * glitchBeforeLine('src/jobs/charge.ts:14', delay('26h'))
 * ```
 */
export function delay(duration: Duration): Fault {
  const what = 'The duration of delay()'
  const ms = durationMs(duration, what)
  checkRange(Date.now() + ms, duration, what)
  return {
    [faultBrand]: true,
    name: 'delay',
    variant: String(duration),
    obstacle: (_place, _policy, facts) =>
      facts?.timeoutMs !== undefined && ms >= facts.timeoutMs
        ? 'the time-out of the job passes first: that is the fault timeout'
        : undefined,
    strike: ({ delivery, activation, canHold }) => {
      const { clock } = delivery
      const moved = clock.leap === undefined ? clock.pass(ms) : clock.leap(ms)
      if (moved === undefined || !canHold) return false
      activation.w = moved
      return true
    },
    holdAwait: async (delivery, awaited) => {
      const value = await awaited
      await delivery.clock.pass(ms)
      return value
    },
  }
}
