import type { ContextClock } from '../../model/context.ts'

/** Time in a real worker process is real. */
export const realClock: ContextClock = {
  nowMs: () => Date.now(),
  setTimer: (callback, delayMs, repeat) =>
    repeat ? setInterval(callback, delayMs) : setTimeout(callback, delayMs),
  clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
  pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}
