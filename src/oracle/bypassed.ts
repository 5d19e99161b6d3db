import type { CodeLine, Reason } from '../model/result.ts'
import { type Bypassed, codeLine, passesOf } from '../runtime/index.ts'
import type { Checked } from './finding.ts'

/**
 * The `return` of a promise, without `await`, that let an error pass by the `catch` which was to handle it; none where
 * that is doubtful. A `catch` that throws some errors on is blamed only for one that killed the job.
 */
export function bypassed(
  reason: Reason | undefined,
  { deliveries, queue }: Pick<Checked, 'deliveries' | 'queue'>,
): CodeLine | undefined {
  if (reason !== 'dead' && reason !== 'assertion' && reason !== 'snapshot') return undefined
  const all = deliveries.flatMap((delivery) => delivery.bypassed ?? [])
  const injected = new Set(deliveries.map((delivery) => delivery.injected?.error))
  const killed = new Set(queue.dead.map(({ error }) => error))
  const isToBlame = (one: Bypassed): boolean => {
    if (reason === 'dead' && !killed.has(one.error)) return false
    return passesOf(one.file)[one.index] === 1 || (reason === 'dead' && !injected.has(one.error))
  }
  return codeLine(all.find(isToBlame), 'return')
}
