import type { DueJob } from '../../model/delivery.ts'

/** A job that waits, as a row of a queue library tells. */
export interface WaitingRow {
  readonly id: string
  readonly name: string
  readonly payload: unknown
  /** Lower first. */
  readonly priority: number
  /** When it may be taken: columns have microseconds, and a clock of milliseconds must not be early. */
  readonly dueMs: number
  /** The attempt that its next delivery will be. */
  readonly attempt: number
  /** Something keeps its place: a key, a queue that is worked off in order. */
  readonly hasKey: boolean
}

/** Jobs that wait, in their order, with those that dead workers still hold. */
export function dueJobsOf(waiting: readonly WaitingRow[], held: readonly DueJob[]): DueJob[] {
  const due = waiting.map(({ id, name, payload, priority, dueMs, attempt }) => ({
    id,
    name,
    payload,
    at: new Date(dueMs),
    priority,
    attempt,
  }))
  return held.length === 0 ? due : [...due, ...held].sort((a, b) => a.at.getTime() - b.at.getTime())
}
