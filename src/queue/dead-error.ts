import type { DeliveryRecord } from '../model/delivery.ts'
import { FaultlineError } from '../model/error.ts'

/** The error of jobs that died; what to do about it is the caller's to say. */
export function deadError(dead: readonly DeliveryRecord[], hint?: string): FaultlineError {
  const lines = dead.map((record) => {
    const error =
      record.error instanceof Error ? `${record.error.name}: ${record.error.message}` : String(record.error)
    return `${record.id} died on attempt ${record.attempt}: ${error}`
  })
  return new FaultlineError('FAULTLINE_JOB_DEAD', {
    message: lines.length === 1 ? lines[0]! : `${lines.length} jobs died:\n  ${lines.join('\n  ')}`,
    ...(hint === undefined ? undefined : { hint }),
    cause: dead[0]?.error,
  })
}
