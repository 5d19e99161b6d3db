import { canHoldAt, type Fault, faultBrand, followsAwait } from './fault.ts'

/**
 * The worker freezes: its lock lapses, the queue delivers the job again, and when that delivery has ended, or waits
 * for what the frozen one holds, the zombie wakes up and carries on. Its settle is refused or accepted as the queue
 * does it. Only async code can be frozen.
 *
 * @example
 * ```ts
 * glitchBeforeLine('src/jobs/charge.ts:14', stall())
 * ```
 */
export function stall(): Fault {
  return {
    [faultBrand]: true,
    name: 'stall',
    obstacle: (place, _policy, facts) => {
      if (facts?.once) return 'nothing redelivers a request'
      if (!place.pausable) return 'code that is not async cannot be frozen'
      if (!canHoldAt(place)) return 'at a return its value is on its way already'
      // No other code of the same process ever runs between two statements, and there is only one process here.
      return facts?.sharesMemory && !followsAwait(place)
        ? 'between two statements that use module variables, which here both workers share: give the job with `load`'
        : undefined
    },
    idle: ({ wasHeld }) => (wasHeld ? undefined : 'the code cannot be held there'),
    strike: ({ delivery, activation, canHold }) => {
      if (!canHold) return false
      activation.w = delivery.suspend('stalled')
      return true
    },
    holdAwait: async (delivery, awaited) => {
      const value = await awaited
      await delivery.suspend('stalled')
      return value
    },
  }
}
