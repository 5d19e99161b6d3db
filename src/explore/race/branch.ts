import type { Activation, Delivery } from '../../runtime/index.ts'

/** An async branch of a racer's delivery that is suspended at a first-party await. */
export interface Branch {
  readonly delivery: Delivery
  readonly activation: Activation
  /** The step of the race in which it was held. */
  step: number
  /** Lets it go on; absent while what it awaits has not settled. */
  goOn?: () => void
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
