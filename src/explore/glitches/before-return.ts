import { isDeepStrictEqual } from 'node:util'
import type { Fault } from '../../fault/index.ts'
import { type Glitch, type GlitchTiming, makeGlitch } from '../glitch.ts'
import { functionKey } from '../place-key.ts'

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
  options: GlitchTiming & { readonly returns?: unknown } = {},
): Glitch {
  const { returns, ...timing } = options
  const test = !('returns' in options)
    ? undefined
    : typeof returns === 'function'
      ? (value: unknown) => returns(value) as boolean
      : (value: unknown) => isDeepStrictEqual(value, returns)
  return makeGlitch('glitchBeforeReturn', key, fault, timing, {
    ...functionKey(key, 'return'),
    ...(test && { returns: test }),
  })
}
