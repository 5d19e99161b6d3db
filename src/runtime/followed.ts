import { AsyncLocalStorage } from 'node:async_hooks'
import type { Activation } from './activation.ts'
import type { Delivery } from './delivery.ts'
import { shared } from './shared.ts'

/**
 * The activation that called into a library, also when that calls back later: `shared.current` knows only what runs
 * synchronously. Not free, so that only races follow.
 */
const branch: AsyncLocalStorage<Activation> = new AsyncLocalStorage()

/** The activation from which the code that runs now was called, where that is followed. */
export function followed(delivery: Delivery): Activation | undefined {
  if (!shared.following) return undefined
  const activation = branch.getStore()
  return activation?.delivery === delivery ? activation : undefined
}

/** The code that runs from here on is this activation's. */
export function followTo(activation: Activation): void {
  if (branch.getStore() !== activation) branch.enterWith(activation)
}

/** Branches are followed until the returned function is called. */
export function followBranches(): () => void {
  shared.following = true
  return () => {
    shared.following = false
  }
}
