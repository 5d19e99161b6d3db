import type { Activation, CodePlace } from './activation.ts'
import type { Delivery } from './delivery.ts'
import type { FileRecord } from './shared.ts'

/** What happens at a point where a fault was placed. */
export interface Strike {
  /**
   * May throw, may kill the delivery. True: the activation is held until `activation.w` settles; only asked
   * where `canHold`.
   */
  strike(delivery: Delivery, activation: Activation, canHold: boolean): boolean
}

/** The kinds of the queue's own points. */
export type QueuePointKind = 'enqueue' | 'settle' | 'start'

/**
 * What the runtime does with the points that deliveries reach: record them, inject at one of them, hold there.
 * A mode says which places it wants to hear of (`arm`), and answers when one is reached.
 */
export interface Mode {
  readonly name: string
  /** Sets the bytes of one file: for each that is known now, and for each that registers later. */
  arm(file: FileRecord): void
  /** An armed place is reached; an answer strikes there. `value`: what is returned, at a return. */
  reach(
    delivery: Delivery,
    file: FileRecord,
    index: number,
    activation: Activation,
    args?: unknown[],
    value?: unknown,
  ): Strike | undefined
  /** One of the queue's own points is reached; may throw. */
  reachQueue?(delivery: Delivery, kind: QueuePointKind, key: string, dueNow?: boolean): void
  /** Wants to hear of jobs that start while others could start first. */
  readonly starts?: boolean
  /** An armed await is about to be entered; what this returns is awaited instead. */
  hold?(
    delivery: Delivery,
    file: FileRecord,
    index: number,
    activation: Activation,
    awaited: unknown,
  ): unknown
  /**
   * What strikes at the return of a promise strikes once that has settled, so that the effect has happened: `reach`
   * is asked when the return is reached, or when the promise has settled. Absent: nothing ever strikes.
   */
  readonly returns?: 'reached' | 'settled'
  /** Takes in the returns in front of which an error was thrown, although a promise may be returned there. */
  readonly unsure?: CodePlace[]
}

/** Nothing is armed. */
export const offMode: Mode = { name: 'off', arm: () => {}, reach: () => undefined }
