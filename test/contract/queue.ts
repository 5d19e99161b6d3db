import { describe } from 'vitest'
import { queueAhead } from './ahead.ts'
import { queueAttempts } from './attempts.ts'
import { queueBadInput } from './bad-input.ts'
import { queueDeath } from './death.ts'
import { queueDisorder } from './disorder.ts'
import type { ContractLimits, MakeQueue } from './harness.ts'
import { queueOrder } from './order.ts'

/**
 * What every queue adapter does, whatever queue is behind it; where queues differ, its `capabilities` say so.
 *
 * @example
 * ```ts
 * queueContract('memory', (jobs) => …)
 * ```
 */
export function queueContract(name: string, makeQueue: MakeQueue, limits: ContractLimits = {}): void {
  describe(`queue contract: ${name}`, () => {
    queueOrder(makeQueue, limits)
    queueAttempts(makeQueue, limits)
    queueDeath(makeQueue, limits)
    queueDisorder(makeQueue, limits)
    queueAhead(makeQueue, limits)
    queueBadInput(makeQueue)
  })
}
