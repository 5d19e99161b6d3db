import type { Fault } from '../../fault/index.ts'
import { type Glitch, type GlitchTiming, makeGlitch } from '../glitch.ts'
import { checkLineKey, namesOf, sameFile } from '../place-key.ts'

/** A glitch before, or after, a line. */
export function lineGlitch(
  maker: string,
  key: string,
  fault: Fault | undefined,
  timing: GlitchTiming | undefined,
  after: boolean,
): Glitch {
  checkLineKey(maker, key)
  return makeGlitch(maker, key, fault, timing, {
    after,
    matches: (place) => namesOf(place, 'line').some((name) => sameFile(name, key)),
    candidates: (places) => places.flatMap((place) => namesOf(place, 'line')),
  })
}
