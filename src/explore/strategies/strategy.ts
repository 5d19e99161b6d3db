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
