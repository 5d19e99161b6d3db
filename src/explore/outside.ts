import { types } from 'node:util'
import { type ExecutionContext, execution } from '../model/context.ts'
import { FaultlineError } from '../model/error.ts'

let called = new Set<unknown>()

/** Starts to count which functions that stand for other systems deliveries call. */
export function countOutside(): { readonly size: number } {
  called = new Set()
  return called
}

/**
 * Stands for another system: one effect, not a place to fail. Whatever runs inside gives no points; neither do
 * the objects in it (`stripe.charges.create()`), as they are read from it.
 *
 * @example
 * ```ts
 * const payments = outside(new FakePayments())
 * const send = outside(async (mail: Mail) => { outbox.push(mail) })
 * ```
 */
export function outside<T extends object>(fnOrObject: T): T {
  if ((typeof fnOrObject !== 'object' && typeof fnOrObject !== 'function') || fnOrObject === null) {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `outside(…) takes a function or an object: received ${fnOrObject === null ? 'null' : typeof fnOrObject}.`,
    })
  }
  const proxy = wrap(fnOrObject)
  parts.delete(proxy)
  return proxy
}

const wrapped = new WeakMap<object, object>()
/** What each proxy stands for. */
const targets = new WeakMap<object, object>()
/** The proxies that nobody asked for: to the other system they are what they stand for. */
const parts = new WeakSet<object>()

function wrap<T extends object>(target: T): T {
  const known = wrapped.get(target)
  if (known !== undefined) return known as T
  if (targets.has(target)) return target
  const proxy: T = new Proxy(target, {
    apply: (fn, self, args) =>
      detached(fn, () => Reflect.apply(fn as never, plain(self), args.map(attached))),
    construct: (fn, args, newTarget) => {
      const made = detached(fn, () => Reflect.construct(fn as never, args.map(attached), newTarget)) as object
      return newTarget === proxy ? wrap(made) : made
    },
    get(object, name) {
      const value = isGetter(object, name)
        ? detached(object, () => Reflect.get(object, name, object))
        : (Reflect.get(object, name, object) as unknown)
      if (isFixed(object, name) || name === 'prototype' || name === '__proto__') return value
      if (typeof value === 'function') return methodOf(value)
      return hasCode(value) ? partOf(value) : value
    },
    set: (object, name, value) =>
      detached(object, () => Reflect.set(object, name, withoutPart(value), object)) as boolean,
  })
  wrapped.set(target, proxy)
  targets.set(proxy, target)
  return proxy
}

/** An object within another system that has code of its own, as in `payments.charges.create()`. */
function hasCode(value: unknown, seen: Set<object> = new Set()): value is object {
  if (typeof value !== 'object' || value === null || isExotic(value) || seen.has(value)) return false
  if (targets.has(value)) return true
  seen.add(value)
  for (let owner = value; !isRoot(owner); owner = Reflect.getPrototypeOf(owner)!)
    for (const name of Reflect.ownKeys(owner)) {
      const found = name === 'constructor' ? undefined : Reflect.getOwnPropertyDescriptor(owner, name)
      if (found?.get !== undefined || typeof found?.value === 'function' || hasCode(found?.value, seen))
        return true
    }
  return false
}

function isRoot(owner: object | null): owner is null {
  return owner === null || (Reflect.getPrototypeOf(owner) === null && Object.hasOwn(owner, 'isPrototypeOf'))
}

/** Its methods know what they are called on, or it is data as a whole. */
function isExotic(value: object): boolean {
  return Array.isArray(value) || ArrayBuffer.isView(value) || exotic.some((is) => is(value))
}

const exotic: readonly ((value: unknown) => boolean)[] = [
  ...[types.isDate, types.isRegExp, types.isPromise, types.isNativeError, types.isAnyArrayBuffer],
  ...[types.isMap, types.isSet, types.isWeakMap, types.isWeakSet, types.isBoxedPrimitive],
  (value) => value instanceof Error || value instanceof URL || value instanceof AbortSignal,
  (value) => value instanceof WeakRef,
]

function partOf(object: object): object {
  if (targets.has(object)) return object
  const isNew = !wrapped.has(object)
  const proxy = wrap(object)
  if (isNew) parts.add(proxy)
  return proxy
}

function withoutPart(value: unknown): unknown {
  return typeof value === 'object' && value !== null && parts.has(value) ? targets.get(value) : value
}

/** Private members are the object's own: its code must not see the proxy as `this`. */
function plain(self: unknown): unknown {
  return typeof self === 'object' && self !== null ? (targets.get(self) ?? self) : self
}

const methods = new WeakMap<object, object>()

/** The same function each time it is read. */
function methodOf(method: object): object {
  const known = methods.get(method)
  if (known !== undefined) return known
  const made = new Proxy(method, {
    apply: (fn, self, args) =>
      detached(method, () => Reflect.apply(fn as never, plain(self), args.map(attached))),
  })
  methods.set(method, made)
  return made
}

const callbacks = new WeakMap<object, object>()

/** A function that is handed out comes back as what it was: code of the delivery, with its points. */
function attached(argument: unknown): unknown {
  if (typeof argument !== 'function' || isClass(argument) || targets.has(argument))
    return withoutPart(argument)
  const known = callbacks.get(argument)
  if (known !== undefined) return known
  const made = new Proxy(argument, {
    apply(fn, self, args) {
      const caller = (execution.getStore() as Detached | undefined)?.caller
      const body = (): unknown => Reflect.apply(fn as never, self, args)
      return caller === undefined ? body() : execution.run(caller, body)
    },
  })
  callbacks.set(argument, made)
  return made
}

/** A class is looked at rather than called, and may be a key. */
function isClass(fn: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(fn))
}

function isGetter(object: object, name: string | symbol): boolean {
  for (let owner: object | null = object; owner !== null; owner = Reflect.getPrototypeOf(owner)) {
    const found = Reflect.getOwnPropertyDescriptor(owner, name)
    if (found !== undefined) return found.get !== undefined
  }
  return false
}

/** A proxy must not answer otherwise for what cannot change. */
function isFixed(object: object, name: string | symbol): boolean {
  const own = Reflect.getOwnPropertyDescriptor(object, name)
  return own !== undefined && !own.configurable && !own.writable
}

/** The context of another system: no delivery, but it knows who called. */
interface Detached extends ExecutionContext {
  readonly caller: ExecutionContext
}

function detached(what: unknown, body: () => unknown): unknown {
  const store = execution.getStore()
  if (store?.delivery === undefined) return body()
  called.add(what)
  const context: Detached = { clock: store.clock, random: store.random, caller: store }
  return execution.run(context, body)
}
