import { randomInt } from 'node:crypto'
import type { ContextClock, ExecutionContext } from '../../model/context.ts'
import { execution } from '../../model/context.ts'
import { virtualGlobals } from '../../model/virtual-globals.ts'
import type { QueueTime } from '../port.ts'

// Captured before a test can fake them.
const { setTimeout, setInterval, clearTimeout } = globalThis
const randomRange = 2 ** 32

/**
 * Runs code of a queue library so that its `Date` tells the queue's virtual time. Where a context is already there (a
 * delivery, a set-up), it stays; timers of that library are real.
 *
 * @example
 * ```ts
 * await inVirtualTime(time, () => queue.add('welcome', { to }, { delay: 5_000 }))
 * ```
 */
export async function inVirtualTime<T>(time: QueueTime, fn: () => Promise<T>): Promise<T> {
  const uninstall = virtualGlobals.install?.()
  try {
    return await (execution.getStore() === undefined ? execution.run(contextOf(time), fn) : fn())
  } finally {
    uninstall?.()
  }
}

/** The context of the clock of `context`, without its delivery: what the library does after the job's code ended. */
export function withoutDelivery({ clock, random }: ExecutionContext): ExecutionContext {
  return { clock, random }
}

const contexts: WeakMap<QueueTime, ExecutionContext> = new WeakMap()

function contextOf(time: QueueTime): ExecutionContext {
  let context = contexts.get(time)
  if (context === undefined) {
    context = { clock: clockOf(time), random: () => randomInt(randomRange) / randomRange }
    contexts.set(time, context)
  }
  return context
}

/** Time as the queue has it; timers of first-party code that runs here (a listener) are real and hold nothing up. */
function clockOf(time: QueueTime): ContextClock {
  return {
    startMs: time.nowMs(),
    nowMs: () => time.nowMs(),
    setTimer: (callback, delayMs, repeat) =>
      (repeat ? setInterval(callback, delayMs) : setTimeout(callback, delayMs)).unref(),
    clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
    pass: async (ms) => time.advanceTo(time.nowMs() + ms),
  }
}
