import { deadError } from '../queue/dead-error.ts'
import type { Checked, Finding } from './finding.ts'

/** No job died. (Runaways and hangs end a run before this is asked.) */
export function completes({ queue }: Checked): Finding | undefined {
  const { dead } = queue
  return dead.length === 0 ? undefined : { reason: 'dead', error: deadError(dead) }
}
