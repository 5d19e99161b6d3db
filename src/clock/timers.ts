import timersDefault, * as timersModule from 'node:timers'
import promisesDefault, * as promisesModule from 'node:timers/promises'
import { promisify } from 'node:util'
import { execution } from '../model/context.ts'
import { nodeDelayMs, setInContext } from './set-timer.ts'
import { mortalImmediate, virtualSleep, virtualTicks } from './timers-promises.ts'
import { virtualTimerOf } from './virtual-timer.ts'

type Callback = (...args: unknown[]) => unknown
type SetTimer = (callback: Callback, delay?: number, ...args: unknown[]) => unknown
type ClearTimer = (handle?: unknown) => void

const abortTimeoutMaxMs = 2 ** 32 - 1
const counterparts: Map<unknown, unknown> = new Map()

/**
 * The counterpart of a real timer function that asks the execution context: inside one, time is virtual;
 * outside, the original is called. Knows `setTimeout`, `setInterval`, `setImmediate`, their `clear…`, those of
 * `timers/promises` with its `scheduler`, `AbortSignal.timeout`, and the modules themselves. Anything else
 * comes back unchanged.
 *
 * @example
 * ```ts
 * const wait = virtualTimer(setTimeout) as typeof setTimeout
 * wait(() => console.log('an hour later, at once'), 3_600_000)
 * ```
 */
export function virtualTimer(fn: unknown): unknown {
  const counterpart = counterparts.get(fn)
  return counterpart === undefined ? fn : counterpart
}

function makeSetTimer(original: SetTimer, repeat: boolean): SetTimer {
  // Named and counted as Node's.
  const set = (callback: Callback, delay?: number, ...args: unknown[]): unknown => {
    const context = execution.getStore()
    if (context === undefined || typeof callback !== 'function') return original(callback, delay, ...args)
    const timer = setInContext(context, () => callback.apply(timer, args), nodeDelayMs(delay), repeat)
    return timer
  }
  Object.defineProperties(set, { name: { value: original.name }, length: { value: original.length } })
  return set
}

function makeSetImmediate(original: (callback: Callback, ...args: unknown[]) => unknown): Callback {
  return function setImmediate(callback: unknown, ...args: unknown[]): unknown {
    const delivery = execution.getStore()?.delivery
    if (delivery === undefined || typeof callback !== 'function')
      return original(callback as Callback, ...args)
    return original(
      (...given) => {
        if (!delivery.dead) callback(...given)
      },
      ...args,
    )
  }
}

function makeClearTimer(original: ClearTimer): ClearTimer {
  return Object.defineProperty(
    (handle?: unknown): void => {
      const timer = virtualTimerOf(handle)
      if (timer === undefined) original(handle)
      else timer.close()
    },
    'name',
    { value: original.name },
  )
}

function makeAbortTimeout(original: (delayMs: number) => AbortSignal): (delayMs: number) => AbortSignal {
  return function timeout(delayMs: number): AbortSignal {
    const context = execution.getStore()
    const isValid = Number.isInteger(delayMs) && delayMs >= 0 && delayMs <= abortTimeoutMaxMs
    if (context === undefined || !isValid) return original.call(AbortSignal, delayMs)
    const controller = new AbortController()
    const abort = (): void =>
      controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
    setInContext(context, abort, Math.max(1, delayMs), false).unref()
    return controller.signal
  }
}

/** A module as first-party code sees it: each timer function in it is its counterpart. */
function throughCounterparts(module: object): object {
  return new Proxy(module, {
    get: (target, key, receiver) => virtualTimer(Reflect.get(target, key, receiver)),
  })
}

function register(): void {
  const { scheduler } = promisesModule
  // A test environment such as jsdom has timers of its own on the global object.
  for (const source of [timersModule, globalThis]) {
    const setTimeout = makeSetTimer(source.setTimeout as SetTimer, false)
    const setImmediate = makeSetImmediate(source.setImmediate as never)
    Object.defineProperty(setTimeout, promisify.custom, { value: virtualSleep, enumerable: true })
    Object.defineProperty(setImmediate, promisify.custom, { value: mortalImmediate, enumerable: true })
    add(source.setTimeout, setTimeout)
    add(source.setImmediate, setImmediate)
    add(source.setInterval, makeSetTimer(source.setInterval as SetTimer, true))
    add(source.clearTimeout, makeClearTimer(source.clearTimeout as ClearTimer))
    add(source.clearInterval, makeClearTimer(source.clearInterval as ClearTimer))
  }
  add(promisesModule.setTimeout, virtualSleep)
  add(promisesModule.setImmediate, mortalImmediate)
  add(promisesModule.setInterval, virtualTicks)
  add(scheduler.wait, (delay?: number, options?: object) => virtualSleep(delay, undefined, options))
  add(scheduler.yield, () => mortalImmediate())
  add(AbortSignal.timeout, makeAbortTimeout(AbortSignal.timeout))
  for (const module of [timersModule, timersDefault, promisesModule, promisesDefault, scheduler]) {
    add(module, throughCounterparts(module))
  }
}

function add(original: unknown, counterpart: unknown): void {
  if (!counterparts.has(original)) counterparts.set(original, counterpart)
}

register()
