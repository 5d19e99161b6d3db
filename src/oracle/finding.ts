import type { CodeLine, Reason } from '../model/result.ts'
import type { QueueAdapter } from '../queue/port.ts'
import type { Delivery } from '../runtime/index.ts'

/** What is wrong with a final state. */
export interface Finding {
  readonly reason: Reason
  readonly error: Error
  /** The line that is to blame, where that is not where a fault struck. */
  readonly blame?: CodeLine
}

/** What a built-in check looks at. */
export interface Checked {
  readonly queue: QueueAdapter
  readonly deliveries: readonly Delivery[]
  /** Virtual time up to which jobs were performed. */
  readonly untilMs?: number
}
