import { describe } from '../queue/describe.ts'
import { armAll, type Delivery, libraryOnStack } from '../runtime/index.ts'
import { type Fault, faultBrand } from './fault.ts'
import { bad, optionsOf } from './options-of.ts'

/**
 * The death of the worker's process: first-party code of the delivery stops exactly there. No `catch`, no
 * `finally`, no `.catch()`, no `using` of it runs, and no pending branch. Frames of library code unwind (a
 * transaction helper rolls back, as the database does when its client dies); with `unwind: false` they are
 * abandoned where the code is async.
 *
 * @example
 * ```ts
 * glitchBeforeLine('src/jobs/charge.ts:14', crash())
 * ```
 * @throws FaultlineError `FAULTLINE_BAD_OPTION` for options that are none.
 */
export function crash(options?: { unwind?: boolean }): Fault {
  const { unwind = true } = optionsOf('crash', options, ['unwind'])
  if (typeof unwind !== 'boolean')
    throw bad(`crash({ unwind }) takes true or false: received ${describe(unwind)}.`)
  const abandons = !unwind
  return {
    [faultBrand]: true,
    name: 'crash',
    obstacle: () => undefined,
    strike: ({ delivery, activation, canHold }) => {
      const signal = kill(delivery)
      if (!abandons) {
        delivery.unwound = libraryOnStack()
        throw signal
      }
      delivery.abandoned = true
      if (!canHold) throw signal
      activation.w = new Promise(() => {})
      return true
    },
    // Right after an await nothing can be held any more: what is awaited never comes back instead.
    ...(abandons && {
      holdAwait: (delivery: Delivery, awaited: unknown) =>
        Promise.resolve(awaited).then(() => {
          kill(delivery)
          delivery.abandoned = true
          return new Promise(() => {})
        }),
    }),
  }
}

function kill(delivery: Delivery): Error {
  const signal = delivery.die()
  armAll()
  return signal
}
