import { isDeepStrictEqual } from 'node:util'
import type { Fault } from '../../fault/index.ts'
import { type Glitch, type GlitchTiming, makeGlitch } from '../glitch.ts'
import { functionKey } from '../place-key.ts'

/**
 * Strikes on entry to a function, its arguments bound; only for calls whose arguments match, where `args` is given.
 *
 * @example
 * ```ts
 * glitchBeforeCall('Mailer#deliver', error(), { args: ['a@b.c'] })
 * glitchBeforeCall('chargeOrder', crash(), { args: (order) => order.total > 100 })
 * ```
 */
export function glitchBeforeCall(
  key: string,
  fault?: Fault,
  options: GlitchTiming & { readonly args?: readonly unknown[] | ((...args: never[]) => boolean) } = {},
): Glitch {
  const { args, ...timing } = options
  const test =
    args === undefined
      ? undefined
      : typeof args === 'function'
        ? (given: unknown[]) => (args as (...all: unknown[]) => boolean)(...given)
        : (given: unknown[]) => isDeepStrictEqual(given.slice(0, args.length), [...args])
  return makeGlitch('glitchBeforeCall', key, fault, timing, {
    ...functionKey(key, 'call'),
    ...(test && { args: test }),
  })
}
