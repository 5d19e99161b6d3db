import type { Activation } from './activation.ts'
import { followTo } from './followed.ts'
import { shared } from './shared.ts'

let clears = false
const now = Promise.resolve()

/**
 * The code of an activation runs from here on, up to its next await, or to its end. One that ends by throwing says
 * nothing: when the code that runs now is through, nothing runs any more.
 */
export function goesOn(activation: Activation): void {
  shared.current = activation
  if (shared.following) {
    followTo(activation)
    return
  }
  if (clears) return
  clears = true
  // Cheaper than queueMicrotask.
  void now.then(nothingRuns)
}

function nothingRuns(): void {
  clears = false
  shared.current = undefined
}

/** It waits, or is over: whoever called it goes on, where that runs still. */
export function suspend(activation: Activation): void {
  const { caller } = activation
  shared.current = caller
  if (caller === undefined) return
  activation.caller = undefined
  if (shared.following) followTo(caller)
}
