import * as original from 'node:timers/promises'
import type { ExecutionContext } from '../model/context.ts'
import { execution } from '../model/context.ts'
import { nodeDelayMs, setInContext } from './set-timer.ts'

interface TimerOptions {
  readonly signal?: AbortSignal
  readonly ref?: boolean
}

const realSetTimeout = original.setTimeout
const realSetImmediate = original.setImmediate
const realSetInterval = original.setInterval

/** `timers/promises.setTimeout`, virtual in an execution context. */
export function virtualSleep<T>(delay?: number, value?: T, options?: TimerOptions): Promise<T> {
  const context = execution.getStore()
  // Node itself refuses what is no delay and what is aborted already, in its own words.
  if (context === undefined || !isSettable(delay, options))
    return realSetTimeout(delay, value, options) as Promise<T>
  const signal = options?.signal
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      timer.close()
      aborted(signal!).catch(reject)
    }
    const done = (): void => {
      signal?.removeEventListener('abort', abort)
      resolve(value as T)
    }
    const timer = setInContext(context, done, nodeDelayMs(delay), false)
    if (options?.ref === false) timer.unref()
    signal?.addEventListener('abort', abort, { once: true })
  })
}

/** `timers/promises.setImmediate`: a real one, of which a dead delivery hears nothing. */
export function mortalImmediate<T>(value?: T, options?: TimerOptions): Promise<T> {
  const delivery = execution.getStore()?.delivery
  const turn = realSetImmediate(value, options) as Promise<T>
  if (delivery === undefined) return turn
  return new Promise<T>((resolve, reject) => {
    turn.then(
      (done) => {
        if (!delivery.dead) resolve(done)
      },
      (error) => {
        if (!delivery.dead) reject(error)
      },
    )
  })
}

/** `timers/promises.setInterval`, virtual in an execution context. */
export function virtualTicks<T>(delay?: number, value?: T, options?: TimerOptions): AsyncIterable<T> {
  const context = execution.getStore()
  if (context === undefined || !isSettable(delay, options)) {
    return realSetInterval(delay, value, options) as AsyncIterable<T>
  }
  return ticksOf(context, nodeDelayMs(delay), value as T, options)
}

async function* ticksOf<T>(
  context: ExecutionContext,
  delayMs: number,
  value: T,
  options: TimerOptions | undefined,
): AsyncGenerator<T, void> {
  const signal = options?.signal
  let due = 0
  let wake: (() => void) | undefined
  const timer = setInContext(
    context,
    () => {
      due++
      wake?.()
    },
    delayMs,
    true,
  )
  if (options?.ref === false) timer.unref()
  const onAbort = (): void => wake?.()
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    while (!signal?.aborted) {
      if (due === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      for (; due > 0; due--) yield value
    }
    await aborted(signal)
  } finally {
    timer.close()
    signal?.removeEventListener('abort', onAbort)
  }
}

function isSettable(delay: unknown, options: TimerOptions | undefined): boolean {
  if (delay !== undefined && typeof delay !== 'number') return false
  if (options === undefined) return true
  if (typeof options !== 'object' || options === null) return false
  const { signal, ref } = options
  if (ref !== undefined && typeof ref !== 'boolean') return false
  return signal === undefined || (signal instanceof AbortSignal && !signal.aborted)
}

/** Rejects with the very AbortError that Node makes. */
function aborted(signal: AbortSignal): Promise<unknown> {
  return realSetTimeout(0, undefined, { signal })
}
