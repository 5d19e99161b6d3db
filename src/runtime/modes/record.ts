import { FaultlineError } from '../../model/error.ts'
import type { Activation } from '../activation.ts'
import { type CallSite, callSite } from '../call-site.ts'
import type { Delivery } from '../delivery.ts'
import type { Mode, QueuePointKind } from '../mode.ts'
import { placesOf } from '../places.ts'
import type { FileRecord } from '../shared.ts'

/** One place reached, as it was seen. */
export interface Reached {
  readonly delivery: Delivery
  readonly activation: Activation
  /** Absent for the queue's own points. */
  readonly file?: FileRecord
  readonly index: number
  /** The how-many-th time in this branch. */
  readonly hit: number
  /** A promise is returned: what strikes here strikes once it has settled. */
  readonly passing?: boolean
  /** For the queue's own points: which. */
  readonly queue?: {
    readonly kind: QueuePointKind
    readonly key: string
    readonly dueNow?: boolean
    /** The line that enqueues. */
    readonly site?: CallSite
  }
}

/** Points that one run may record. */
export const recordedMax = 2_000_000

/** Writes down every point that is reached, in order. */
export class RecordMode implements Mode {
  readonly name = 'record'
  readonly starts = true
  readonly reached: Reached[] = []
  readonly #queueHits = new Map<string, number>()

  arm(file: FileRecord): void {
    file.s.fill(1)
  }

  reach(
    delivery: Delivery,
    file: FileRecord,
    index: number,
    activation: Activation,
    _args?: unknown[],
    value?: unknown,
  ): undefined {
    if (this.reached.length >= recordedMax) {
      delivery.fatal ??= tooMany(file, index)
      throw delivery.die()
    }
    const hit = activation.countHit(file, index)
    const reached = { delivery, activation, file, index, hit, passing: value instanceof Promise }
    activation.last = reached
    this.reached.push(reached)
  }

  reachQueue(delivery: Delivery, kind: QueuePointKind, key: string, dueNow?: boolean): void {
    const counted = `${delivery.identity.jobId}/${delivery.identity.ordinal}/${key}`
    const hit = (this.#queueHits.get(counted) ?? 0) + 1
    this.#queueHits.set(counted, hit)
    const site = kind === 'enqueue' ? callSite() : undefined
    const queue = {
      kind,
      key,
      ...(dueNow === undefined ? undefined : { dueNow }),
      ...(site === undefined ? undefined : { site }),
    }
    this.reached.push({ delivery, activation: delivery.root, index: -1, hit, queue })
  }
}

function tooMany(file: FileRecord, index: number): FaultlineError {
  const place = placesOf(file)[index]!
  return new FaultlineError('FAULTLINE_RUNAWAY', {
    message: `A run without faults reached more than ${recordedMax} points, the last at ${place.file}:${place.line}.`,
    hint: 'Simulate a smaller input, or narrow the points with the option `points`.',
  })
}
