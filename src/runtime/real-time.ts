import { AsyncLocalStorage } from 'node:async_hooks'

/** The real timers, captured before anything could replace them. */
const real = {
  now: performance.now.bind(performance),
  setImmediate: globalThis.setImmediate,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
}

/** The engine's own timers belong to no run: one of a run would keep its clock in doubt whether something real goes on. */
const outsideRuns: <R>(fn: () => R) => R = AsyncLocalStorage.snapshot()

/** Real milliseconds from some start; only differences mean anything. */
export const realNowMs = (): number => real.now()

/** One turn of the event loop: I/O, timers and rejections are served. */
export const eventLoopTurn = (): Promise<void> => new Promise((resolve) => real.setImmediate(resolve))

/** Calls back after the code that runs now, and all its microtasks, are through. */
export const afterTurn = (callback: () => void): void => void real.setImmediate(callback)

/** Calls back once after so much real time, unless the returned function is called before. */
export function after(ms: number, callback: () => void): () => void {
  const timer = outsideRuns(() => real.setTimeout(callback, ms))
  return () => real.clearTimeout(timer)
}

/** Calls `tick` every `everyMs` of real time until the returned function is called. */
export function every(everyMs: number, tick: () => void): () => void {
  const timer = outsideRuns(() => real.setInterval(tick, everyMs))
  return () => real.clearInterval(timer)
}
