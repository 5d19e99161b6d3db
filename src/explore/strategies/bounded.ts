import { type Chooser, carryOn, type Decisions, isPreemption } from './strategy.ts'

/** A schedule to try: as another one was, up to a step where it goes another way. */
interface Branching {
  readonly chosen: readonly number[]
  readonly length: number
  readonly next: number
  readonly preemptions: number
}

/** Schedules with a certain number of preemptions, in the order in which they are tried. */
interface Level {
  readonly waiting: Branching[]
  begun: number
}

const root: Branching = { chosen: [], length: -1, next: -1, preemptions: 0 }

/**
 * All schedules, those with fewer preemptions first, each once: a schedule is a list of choices that is followed, and
 * after it whoever runs carries on; each further schedule differs from one that ran at one step.
 */
export class Bounded {
  /** Preemptions of the schedule that is tried now: all with fewer have run. */
  preemptions = 0
  /** Schedules that could not be followed: their deliveries did something else this time. */
  diverged = 0
  /** Schedules with more preemptions than allowed were left out. */
  leftOut = false
  readonly #levels: Level[] = [{ waiting: [root], begun: 0 }]
  #current = root

  /** Preemptions of the next schedule; `undefined`: all have run. */
  get nextPreemptions(): number | undefined {
    const level = this.#levels.findIndex(({ waiting, begun }) => begun < waiting.length)
    return level < 0 ? undefined : level
  }

  next(): Chooser | undefined {
    const level = this.nextPreemptions
    if (level === undefined) return undefined
    const { waiting } = this.#levels[level]!
    const current = waiting[this.#levels[level]!.begun++]!
    this.#current = current
    this.preemptions = level
    const { chosen, length, next } = current
    return (ready, running, step, free) => {
      const wanted = step < length ? chosen[step]! : step === length ? next : -1
      return wanted >= 0 && ready & (1 << wanted) ? wanted : carryOn(ready, running, step, free)
    }
  }

  /** Takes in what came of the schedule: the ways that it did not go. */
  learn({ chosen, ready, free }: Decisions, bound: number): void {
    const { length, next, preemptions } = this.#current
    if (!isFollowed(this.#current, chosen)) {
      this.diverged++
      return
    }
    for (let step = length + 1; step < chosen.length; step++) {
      const last = step === 0 ? next : chosen[step - 1]!
      const others = ready[step]! & ~(1 << chosen[step]!)
      for (let other = 0; others >> other > 0; other++) {
        if ((others & (1 << other)) === 0) continue
        const cost = preemptions + (isPreemption(last, other, free[step]!) ? 1 : 0)
        if (cost > bound) {
          this.leftOut = true
          continue
        }
        this.#levels[cost] ??= { waiting: [], begun: 0 }
        this.#levels[cost]!.waiting.push({ chosen, length: step, next: other, preemptions: cost })
      }
    }
  }
}

function isFollowed({ chosen: wanted, length, next }: Branching, chosen: readonly number[]): boolean {
  for (let step = 0; step < length; step++) if (wanted[step] !== chosen[step]) return false
  return length < 0 || chosen[length] === next
}

/** How often a work that could have gone on was interrupted, or had to wait while time passed. */
export function preemptionsOf({ chosen, free }: Decisions): number {
  let count = 0
  for (let step = 0; step < chosen.length; step++) {
    if (isPreemption(chosen[step - 1] ?? -1, chosen[step]!, free[step]!)) count++
  }
  return count
}
