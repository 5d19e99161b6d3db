import type { Activation, Delivery } from '../../runtime/index.ts'

/** An async branch of a racer's delivery that is suspended at a first-party await. */
export class Branch {
  readonly delivery: Delivery
  readonly activation: Activation
  /** The step of the race in which it was held. */
  step = 0
  #isFree = false
  #release: (() => void) | undefined

  constructor(delivery: Delivery, activation: Activation) {
    this.delivery = delivery
    this.activation = activation
  }

  /** Lets it go on. */
  goOn(): void {
    this.#isFree = true
    this.#release?.()
  }

  /** What it awaits has settled, and it may go on. */
  get isFree(): boolean {
    return this.#isFree
  }

  /** Calls back when it may go on; asked once, and only where it may not yet. */
  held(release: () => void): void {
    this.#release = release
  }
}

/** Whether `inner` was called, directly or not, by `outer`. */
export function isWithin(inner: Activation, outer: Activation): boolean {
  for (let at: Activation | undefined = inner; at !== undefined; at = at.parent) if (at === outer) return true
  return false
}

/** Who goes on first: who was held in an earlier step, then the branch that was created earlier. */
export function earlier(a: Branch, b: Branch): number {
  if (a.step !== b.step) return a.step - b.step
  const left = pathOf(a.activation)
  const right = pathOf(b.activation)
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1)
    if (difference !== 0) return difference
  }
  return 0
}

function pathOf(activation: Activation): number[] {
  const path: number[] = []
  for (let at = activation; at.parent !== undefined; at = at.parent) path.unshift(at.index)
  return path
}
