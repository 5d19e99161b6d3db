import type { DeliveryRecord } from '../model/delivery.ts'
import { FaultlineError } from '../model/error.ts'

/** The error of jobs that died. */
export function deadError(dead: readonly DeliveryRecord[]): FaultlineError {
  const lines = dead.map((record) => {
    const error =
      record.error instanceof Error ? `${record.error.name}: ${record.error.message}` : String(record.error)
    return `${record.id} died on attempt ${record.attempt}: ${error}`
  })
  return new FaultlineError('FAULTLINE_JOB_DEAD', {
    message: lines.length === 1 ? lines[0]! : `${lines.length} jobs died:\n  ${lines.join('\n  ')}`,
    hint: 'Everything else was performed. Pass `allowDead: true` where death is what the test is about.',
    cause: dead[0]?.error,
  })
}
