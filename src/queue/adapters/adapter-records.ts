import type { DeliveryOutcome, DeliveryRecord } from '../../model/delivery.ts'
import { deliveryRecord } from '../delivery-record.ts'
import type { Claim, Ending } from '../port.ts'

/** What an adapter remembers of the deliveries that ended. */
export class AdapterRecords {
  readonly performed: DeliveryRecord[] = []
  readonly dead: DeliveryRecord[] = []

  write(claim: Claim, outcome: DeliveryOutcome, ending?: Ending): DeliveryRecord {
    const record = deliveryRecord(claim, outcome, ending)
    this.performed.push(record)
    return record
  }

  /** The last delivery of a job that died; a word of the engine (`timedOut`) stays. */
  writeDead(claim: Claim, ending: Ending, outcome: DeliveryOutcome = 'dead'): void {
    this.dead.push(this.write(claim, outcome, ending))
  }

  clear(): void {
    this.performed.length = 0
    this.dead.length = 0
  }
}
