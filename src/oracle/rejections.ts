import { FaultlineError } from '../model/error.ts'
import type { Checked, Finding } from './finding.ts'

/** No promise of a delivery was rejected without a handler. */
export function rejections({ deliveries }: Checked): Finding | undefined {
  for (const { rejections, identity } of deliveries) {
    if (rejections === undefined) continue
    const [reason] = rejections
    const text = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason)
    return {
      reason: 'rejection',
      error: new FaultlineError('FAULTLINE_REJECTION', {
        message: `A promise of ${identity.jobId} (delivery ${identity.ordinal}) was rejected and nobody handled it: ${text}`,
        hint: 'In production Node ends the process for this. Await the promise, or handle its rejection.',
        cause: reason,
      }),
    }
  }
  return undefined
}
