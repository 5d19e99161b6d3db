import timersDefault, * as timersModule from 'node:timers'
import promisesDefault, * as promisesModule from 'node:timers/promises'
import { promisify } from 'node:util'
import { execution } from '../model/context.ts'
import { real } from './real.ts'
import { nodeDelayMs, setInContext } from './set-timer.ts'
import { mortalImmediate, virtualSleep, virtualTicks } from './timers-promises.ts'
import { virtualTimerOf } from './virtual-timer.ts'

type Callback = (...args: unknown[]) => unknown
type SetTimer = (callback: Callback, delay?: number, ...args: unknown[]) => unknown
type SetImmediate = (callback: Callback, ...args: unknown[]) => unknown
type ClearTimer = (handle?: unknown) => void

const abortTimeoutMaxMs = 2 ** 32 - 1
// Weak: fake timers are new ones for each test.
const counterparts: WeakMap<object, unknown> = new WeakMap()

/**
 * The counterpart of a real timer function that asks the execution context: inside one, time is virtual;
 * outside, the original is called. Knows `setTimeout`, `setInterval`, `setImmediate`, their `clear…`, those of
 * `timers/promises` with its `scheduler`, `AbortSignal.timeout`, the modules themselves, and what a test's own
 * fake timers put in the place of one of these. Anything else comes back unchanged.
 *
 * @example
 * ```ts
 * const wait = virtualTimer(setTimeout) as typeof setTimeout
 * wait(() => console.log('an hour later, at once'), 3_600_000)
 * ```
 */
export function virtualTimer(fn: unknown): unknown {
  const counterpart = counterparts.get(fn as object)
  if (counterpart !== undefined) return counterpart
  return typeof fn === 'function' ? virtualReplacement(fn) : fn
}

/** Where the functions are that a test's own fake timers replace, and how a counterpart of one is made. */
const replaceable: readonly [holder: object, name: string, make: (fn: never) => unknown][] = [
  [
    globalThis,
    'setTimeout',
    (fn: SetTimer) => withPromisified(makeSetTimer(fn, false), fn, virtualSleep as Callback),
  ],
  [globalThis, 'setInterval', (fn: SetTimer) => makeSetTimer(fn, true)],
  [
    globalThis,
    'setImmediate',
    (fn: SetImmediate) =>
      withPromisified(makeSetImmediate(fn, real.setImmediate), fn, mortalImmediate as Callback),
  ],
  [globalThis, 'clearTimeout', makeClearTimer],
  [globalThis, 'clearInterval', makeClearTimer],
  [globalThis, 'clearImmediate', (fn: ClearTimer) => inContextElse(clearImmediate, fn)],
  [promisesDefault, 'setTimeout', (fn: Callback) => inContextElse(virtualSleep as Callback, fn)],
  [promisesDefault, 'setInterval', (fn: Callback) => inContextElse(virtualTicks as Callback, fn)],
  [promisesDefault, 'setImmediate', (fn: Callback) => inContextElse(mortalImmediate as Callback, fn)],
  [AbortSignal, 'timeout', makeAbortTimeout],
]

/** The counterpart of what stands where a timer function was: outside of a context it is called itself. */
function virtualReplacement(fn: object): unknown {
  for (const [holder, name, make] of replaceable) {
    if ((holder as Record<string, unknown>)[name] !== fn) continue
    const made = make(fn as never)
    counterparts.set(fn, made)
    counterparts.set(made as object, made)
    return made
  }
  return fn
}

function inContextElse<F extends (...args: never[]) => unknown>(inContext: F, outside: F): F {
  const either = (...args: never[]): unknown =>
    (execution.getStore() === undefined ? outside : inContext)(...args)
  return Object.defineProperty(either, 'name', { value: outside.name }) as F
}

function withPromisified(counterpart: object, fn: object, inContext: Callback): object {
  const outside = (fn as { [promisify.custom]?: Callback })[promisify.custom] ?? inContext
  const value = inContextElse(inContext, outside)
  return Object.defineProperty(counterpart, promisify.custom, { value, enumerable: true })
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

function makeSetImmediate(original: SetImmediate, inDelivery: SetImmediate = original): Callback {
  return function setImmediate(callback: unknown, ...args: unknown[]): unknown {
    const delivery = execution.getStore()?.delivery
    if (delivery === undefined || typeof callback !== 'function')
      return original(callback as Callback, ...args)
    return inDelivery(
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
    add(source.clearImmediate, source.clearImmediate)
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

function add(original: object, counterpart: unknown): void {
  if (!counterparts.has(original)) counterparts.set(original, counterpart)
}

register()
