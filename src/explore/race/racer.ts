import type { Watched } from '../../perform/index.ts'
import type { Claim } from '../../queue/port.ts'
import { type Branch, isWithin } from './branch.ts'

/** Why a racer is set aside. */
export interface Wait {
  /** The letters of those it waits for, where somebody could tell. */
  readonly by: readonly string[]
  /** Somebody asked the database; else a grace period decided. */
  readonly certain: boolean
  /** What it waits for, in words. */
  readonly what?: string
  /** Where; absent: that can still be seen. */
  readonly at?: string
}

/** Why it is set aside, and where it waits: `src/jobs/charge.ts:14`. */
export type Held = Wait & { readonly at: string }

/** One worker of a race: it performs its work, delivery after delivery, one step at a time. */
export class Racer {
  readonly index: number
  readonly letter: string
  readonly worker: string
  /** The ids of the jobs that this worker performs: its own, and what they enqueued. */
  readonly jobs: Set<string> = new Set()
  /** Suspended at awaits that have not settled. */
  readonly pending: Branch[] = []
  /** Settled, and held: in the order in which they go on. */
  readonly parked: Branch[] = []
  /** Under way now. */
  claim: Claim | undefined
  /** Deliveries that nobody has given up. */
  readonly watched: Set<Watched> = new Set()
  /** It has a job to start, now or later. */
  waiting = false
  /** When that job is due; 0: at the start of the race. */
  dueMs = 0
  /** Waits for a lock, or for something else that does not come. */
  blocked: Held | undefined
  /** Sleeps in virtual time. */
  asleep = false
  /** It was chosen while it slept: time passes for it. */
  waking = false
  ended = false
  /** Another racer enqueues its job, and has not yet. */
  absent = false
  deliveries = 0
  /** Other branches than the one that runs could go on, too. */
  several = false
  connection: unknown

  constructor(index: number) {
    this.index = index
    this.letter = String.fromCharCode(65 + index)
    this.worker = `worker ${this.letter}`
  }

  /** It may be that time has to pass before its next step. */
  get mayNap(): boolean {
    return this.parked.length === 0 && (this.asleep || this.dueMs > 0)
  }

  /** It can make a step. */
  get isReady(): boolean {
    return (
      !this.ended && (this.parked.length > 0 || this.waiting || this.asleep) && this.blocked === undefined
    )
  }

  /** All that it awaits has settled, as far as it does not wait for its own held branches. */
  get isStill(): boolean {
    if (this.parked.length === 0) return false
    for (const { activation } of this.pending) {
      if (!this.parked.some((branch) => isWithin(branch.activation, activation))) return false
    }
    return true
  }
}

/** A letter as the index of a racer; -1 for anything else. */
export function indexOfLetter(letter: string): number {
  const index = letter.charCodeAt(0) - 65
  return letter.length === 1 && index >= 0 && index < 26 ? index : -1
}
