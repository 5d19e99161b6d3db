import type { Fault } from '../fault/index.ts'
import type { Point } from '../model/point.ts'
import type { Session } from '../perform/index.ts'
import type { Activation, Delivery, Target } from '../runtime/index.ts'
import type { RecordedPoint } from './recorded.ts'

/** Told when a fault strikes. */
export type Struck = (fault: Fault, point: Point, delivery: Delivery) => void

/** A fault at a recorded point, ready to strike. */
export function targetOf(fault: Fault, recorded: RecordedPoint, struck: Struck): Target {
  const { point, file, index, branch, branchHit } = recorded
  const { holdAwait } = fault
  return {
    jobId: point.jobId,
    delivery: point.attempt,
    ...(file === undefined ? { queueKey: point.key } : { file }),
    index,
    branch,
    hit: branchHit,
    fired: false,
    ...(fault.permanent ? { permanent: true } : undefined),
    strike(delivery: Delivery, activation: Activation, canHold: boolean) {
      struck(fault, point, delivery)
      return fault.strike({ place: point, delivery, activation, canHold })
    },
    ...(holdAwait === undefined
      ? undefined
      : {
          holdAwait(delivery: Delivery, awaited: unknown) {
            struck(fault, point, delivery)
            return holdAwait(delivery, awaited)
          },
        }),
  }
}

/** Writes a strike into the timeline. */
export function noteStrike(session: Session, fault: Fault, point: Point, { identity }: Delivery): void {
  const { jobId: id, name, ordinal, worker } = identity
  session.note('glitched', { id, name, delivery: ordinal }, fault.name, point, worker)
}
