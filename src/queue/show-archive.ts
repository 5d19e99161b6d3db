import type { ContextDelivery } from '../model/context.ts'
import { archiveOf } from './payload-archive.ts'

/** Shows a payload to the archive of its job; what that refuses ends the run, also inside of a delivery. */
export function showArchive(
  name: string,
  job: object | undefined,
  payload: unknown,
  delivery: ContextDelivery | undefined,
): void {
  try {
    archiveOf(job, name)?.meet(payload)
  } catch (error) {
    if (delivery !== undefined) delivery.fatal = error as Error
    throw error
  }
}
