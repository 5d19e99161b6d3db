import { inspect } from 'node:util'
import type { Activation, CodePlace } from './activation.ts'
import type { Delivery } from './delivery.ts'

/** The innermost activations that are really suspended: those that threw left no pending promise behind. */
export function suspended(delivery: Delivery): Activation[] {
  const pending = delivery.open.filter(
    (activation) => activation.awaited !== undefined && isPending(activation.awaited),
  )
  return pending.filter((activation) => !pending.some((other) => other.parent === activation))
}

/** The await that a delivery waits at, where it waits at one only. */
export function stuckAt(delivery: Delivery): CodePlace | undefined {
  const [only, ...others] = suspended(delivery)
  return only?.file === undefined || others.length > 0 ? undefined : { file: only.file, index: only.at }
}

/** Whether what is awaited has not settled yet. */
export function isPending(value: unknown): boolean {
  if (value instanceof Promise) return inspect(value, { depth: 0 }).includes('<pending>')
  return typeof (value as { then?: unknown }).then === 'function'
}
