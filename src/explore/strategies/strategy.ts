/** What picks the schedules to try. */
export type RaceStrategy =
  | 'auto'
  | 'exhaustive'
  | 'random'
  | { readonly preemptions: number }
  | { readonly pct: { readonly depth: number; readonly runs: number } }
  | { readonly random: { readonly runs: number } }

/**
 * Picks who goes on: one of the bits of `ready`. `free` are those of them that delay nobody in the middle of its work by
 * letting time pass; `running` is who made the last step, or -1 where that one is not free; `step` counts from 0.
 */
export type Chooser = (ready: number, running: number, step: number, free: number) => number

/** Carries on with the one that runs; where that one is not free, with the first one that is. */
export const carryOn: Chooser = (_ready, running, _step, free) => (running >= 0 ? running : firstOf(free))

/** What was decided, step by step; racers are bits. */
export interface Decisions {
  readonly chosen: number[]
  /** Who could go on. */
  readonly ready: number[]
  /** Who of them at no one's cost: to go on with another one is to let time pass while these are held. */
  readonly free: number[]
}

/** Whether a step of `next` interrupts `last`, or lets time pass although somebody could go on. */
export function isPreemption(last: number, next: number, free: number): boolean {
  if ((free & (1 << next)) === 0) return true
  return last >= 0 && last !== next && (free & (1 << last)) !== 0
}

/** The lowest of some racers. */
export function firstOf(ready: number): number {
  return 31 - Math.clz32(ready & -ready)
}

/** What is known when the first race, one work after the other, has run. */
export interface Course {
  /** Steps of each work. */
  readonly steps: readonly number[]
  readonly budget: number
  readonly seed: number
  /** The works must run in every order first, since the final states are compared with these. */
  readonly needsOrders: boolean
}

/** What holds after an exploration. */
export interface Guarantee {
  readonly text: string
  readonly exhaustive: boolean
}

/** Picks the schedules, one after the other. */
export interface Strategy {
  /** The next one; `undefined`: there is none left. */
  next(): Chooser | undefined
  /** What came of it. */
  learn(decisions: Decisions, failed: boolean): void
  /** What holds now. */
  readonly guarantee: Guarantee
}
