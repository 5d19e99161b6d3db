/** What picks the schedules to try. */
export type RaceStrategy =
  | 'auto'
  | 'exhaustive'
  | 'random'
  | { readonly preemptions: number }
  | { readonly pct: { readonly depth: number; readonly runs: number } }
  | { readonly random: { readonly runs: number } }

/**
 * Picks who goes on: one of the bits of `ready`. `running` is who made the last step, or -1 where that one cannot go
 * on; `step` counts from 0.
 */
export type Chooser = (ready: number, running: number, step: number) => number

/** Carries on with the one that runs; where that is over, with the first one. */
export const carryOn: Chooser = (ready, running) => (running >= 0 ? running : firstOf(ready))

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
  learn(chosen: readonly number[], ready: readonly number[], failed: boolean): void
  /** What holds now. */
  readonly guarantee: Guarantee
}
