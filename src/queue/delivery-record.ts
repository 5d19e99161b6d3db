import type { DeliveryOutcome, DeliveryRecord } from '../model/delivery.ts'
import type { Claim, Ending } from './port.ts'
import { RealDate } from './real-date.ts'

/** The record of a delivery that ended. */
export function deliveryRecord(claim: Claim, outcome: DeliveryOutcome, ending?: Ending): DeliveryRecord {
  const { id, name, payload, attempt, delivery } = claim
  const base = { id, name, payload, attempt, delivery, at: new RealDate(claim.atMs), outcome }
  if (ending === undefined) return base
  return ending.ok ? { ...base, result: ending.result } : { ...base, error: ending.error }
}
