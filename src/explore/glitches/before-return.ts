import { isDeepStrictEqual } from 'node:util'
import type { Fault } from '../../fault/index.ts'
import { checkTiming, type Glitch, type GlitchTiming, makeGlitch } from '../glitch.ts'
import { functionKey } from '../place-key.ts'

/** Any value; spelled out so that a function written in its place knows what it is given. */
type Returned =
  // biome-ignore lint/suspicious/noExplicitAny: whoever names a function knows what it returns
  ((value: any) => boolean) | object | string | number | bigint | boolean | symbol | null | undefined

/**
 * Strikes when a function's return value is computed and its caller has not got it; only for values that match,
 * where `returns` is given.
 *
 * @example
 * ```ts
 * glitchBeforeReturn('chargeOrder', crash(), { returns: (receipt) => receipt.paid })
 * ```
 */
export function glitchBeforeReturn(
  key: string,
  fault?: Fault,
  options: GlitchTiming & { readonly returns?: Returned } = {},
): Glitch {
  const { returns, ...timing } = checkTiming('glitchBeforeReturn', options, ['returns'])
  const test = !('returns' in options)
    ? undefined
    : typeof returns === 'function'
      ? (value: unknown) => returns(value)
      : (value: unknown) => isDeepStrictEqual(value, returns)
  return makeGlitch('glitchBeforeReturn', key, fault, timing, {
    ...functionKey('glitchBeforeReturn', key, 'return'),
    ...(test && { returns: test }),
  })
}
