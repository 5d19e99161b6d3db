import { FaultlineError } from '../model/error.ts'
import type { Claim } from '../queue/port.ts'

/** What an attempt fails with when its time-out has passed. */
export function timeoutError(claim: Claim): FaultlineError {
  return new FaultlineError('FAULTLINE_JOB_TIMEOUT', {
    message: `${claim.id} ran longer than its timeout of ${claim.timeoutMs} ms (attempt ${claim.attempt}).`,
  })
}
