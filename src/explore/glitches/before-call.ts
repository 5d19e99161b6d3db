import { isDeepStrictEqual } from 'node:util'
import type { Fault } from '../../fault/index.ts'
import { bad, kind } from '../bad-option.ts'
import { checkTiming, type Glitch, type GlitchTiming, makeGlitch } from '../glitch.ts'
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
  // biome-ignore lint/suspicious/noExplicitAny: whoever names a function knows what it takes
  options: GlitchTiming & { readonly args?: readonly unknown[] | ((...args: any[]) => boolean) } = {},
): Glitch {
  const { args, ...timing } = checkTiming('glitchBeforeCall', options, ['args'])
  if (args !== undefined && typeof args !== 'function' && !Array.isArray(args)) {
    throw bad(
      `args of glitchBeforeCall: received ${kind(args)}; allowed is a list of the first arguments, or a function of them.`,
    )
  }
  const test =
    args === undefined
      ? undefined
      : typeof args === 'function'
        ? (given: unknown[]) => args(...given)
        : (given: unknown[]) => isDeepStrictEqual(given.slice(0, args.length), [...args])
  return makeGlitch('glitchBeforeCall', key, fault, timing, {
    ...functionKey('glitchBeforeCall', key, 'call'),
    ...(test && { args: test }),
  })
}
