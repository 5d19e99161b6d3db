import { AsyncLocalStorage } from 'node:async_hooks'

/** The real timers and clock, captured before a test's fake timers could replace them. */
export const real: {
  readonly nowMs: () => number
  readonly setImmediate: typeof setImmediate
  readonly setTimeout: typeof setTimeout
} = {
  nowMs: performance.now.bind(performance),
  setImmediate: globalThis.setImmediate,
  setTimeout: globalThis.setTimeout,
}

/** Runs a function in no delivery's async context: what it starts belongs to nobody. */
export const outsideContexts: <R>(fn: () => R) => R = AsyncLocalStorage.snapshot()
