import { execution } from '../model/context.ts'
import { FaultlineError } from '../model/error.ts'
import type { Delivery } from '../runtime/index.ts'
import { canHoldAt, type Fault, faultBrand } from './fault.ts'

/**
 * Something else happens right there: another writer's finished write, a user's click. `fn` runs to its end
 * before the job's code carries on; it is no part of the delivery and gives no points. An async `fn` needs a
 * place in an async function.
 *
 * @example
 * ```ts
 * glitchBeforeLine('src/jobs/charge.ts:14', rival(() => db.query('update orders set paid = true')))
 * ```
 */
export function rival(fn: () => unknown): Fault {
  if (typeof fn !== 'function') {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `rival(fn) takes a function: received ${fn === null ? 'null' : typeof fn}.`,
    })
  }
  const isAsync = fn.constructor.name === 'AsyncFunction'
  return {
    [faultBrand]: true,
    name: 'rival',
    obstacle: (place) =>
      isAsync && !canHoldAt(place) ? 'an async rival needs a place where the code can wait' : undefined,
    strike: ({ delivery, activation, canHold, place }) => {
      const done = outside(delivery, fn)
      if (!isPromise(done)) return false
      if (!canHold) {
        delivery.fatal = new FaultlineError('FAULTLINE_BAD_OPTION', {
          message: `rival(fn) returned a promise at ${place.key}, in a function that is not async and cannot wait for it.`,
          hint: 'Place it at a line or an await of an async function, or give a function that is done when it returns.',
        })
        throw delivery.fatal
      }
      activation.w = done
      return true
    },
    holdAwait: (delivery, awaited) =>
      Promise.resolve(awaited).then(async (value) => {
        await outside(delivery, fn)
        return value
      }),
  }
}

function outside(delivery: Delivery, fn: () => unknown): unknown {
  // At a settle there is no context of the delivery any more.
  const random = execution.getStore()?.random ?? Math.random
  const failed = (cause: unknown): never => {
    delivery.fatal = new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `The function given to rival() failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    })
    throw delivery.fatal
  }
  try {
    const done = execution.run({ clock: delivery.clock, random }, fn)
    return isPromise(done) ? done.then(undefined, failed) : done
  } catch (cause) {
    return failed(cause)
  }
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as Promise<unknown> | undefined)?.then === 'function'
}
