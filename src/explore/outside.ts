import { execution } from '../model/context.ts'
import { FaultlineError } from '../model/error.ts'

let called = new Set<unknown>()

/** Starts to count which functions that stand for other systems deliveries call. */
export function countOutside(): { readonly size: number } {
  called = new Set()
  return called
}

/**
 * Stands for another system: one effect, not a place to fail. Whatever runs inside gives no points.
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
  return wrap(fnOrObject)
}

const wrapped = new WeakMap<object, object>()

function wrap<T extends object>(target: T): T {
  const known = wrapped.get(target)
  if (known !== undefined) return known as T
  const proxy = new Proxy(target, {
    apply: (fn, self, args) => detached(fn, () => Reflect.apply(fn as never, self, args)),
    construct: (fn, args, newTarget) =>
      detached(fn, () => Reflect.construct(fn as never, args, newTarget)) as object,
    get(object, name) {
      const value = Reflect.get(object, name, object) as unknown
      return typeof value === 'function' && !isFixed(object, name) ? methodOf(object, value) : value
    },
  })
  wrapped.set(target, proxy)
  return proxy
}

const methods = new WeakMap<object, object>()

/** The same function each time it is read; called on the object itself, so that private members work. */
function methodOf(object: object, method: object): object {
  const known = methods.get(method)
  if (known !== undefined) return known
  const made = function (this: unknown, ...args: unknown[]): unknown {
    return detached(method, () =>
      Reflect.apply(method as never, this === wrapped.get(object) ? object : this, args),
    )
  }
  methods.set(method, made)
  return made
}

/** A proxy must not answer otherwise for what cannot change. */
function isFixed(object: object, name: string | symbol): boolean {
  const own = Reflect.getOwnPropertyDescriptor(object, name)
  return own !== undefined && !own.configurable && !own.writable
}

function detached(what: unknown, body: () => unknown): unknown {
  const store = execution.getStore()
  if (store?.delivery === undefined) return body()
  called.add(what)
  return execution.run({ clock: store.clock, random: store.random }, body)
}
