import type { Fault } from '../../fault/index.ts'
import { type Glitch, type GlitchTiming, makeGlitch } from '../glitch.ts'
import { checkLineKey, namesOf, sameFile } from '../place-key.ts'

/**
 * Strikes when an awaited operation has settled and its value has not been used: the effect happened, the answer
 * was lost.
 *
 * @example
 * ```ts
 * glitchAfterAwait('src/jobs/charge.ts:14', error())
 * ```
 */
export function glitchAfterAwait(key: string, fault?: Fault, timing?: GlitchTiming): Glitch {
  checkLineKey('glitchAfterAwait', key)
  return makeGlitch('glitchAfterAwait', key, fault, timing, {
    matches: (place) => namesOf(place, 'await').some((name) => sameFile(name, key)),
    candidates: (places) => places.flatMap((place) => namesOf(place, 'await')),
  })
}
