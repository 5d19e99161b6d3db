import type { DueJob } from '../../../model/delivery.ts'
import type { Lapse, Waiting } from './schedule.ts'

/** A job that waits, as the adapter's users see it. */
export function dueJobOf({ id, stored, dueMs }: Waiting): DueJob {
  const { name, data, priority, attemptsMade } = stored
  return { id, name, payload: data, at: new Date(dueMs), priority, attempt: attemptsMade + 1 }
}

/** A job that is delivered again once its lock has lapsed. */
export function dueAgain({ claim, atMs }: Lapse): DueJob {
  const { id, name, payload, attempt } = claim
  return { id, name, payload, at: new Date(atMs), priority: 0, attempt }
}
