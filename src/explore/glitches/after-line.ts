import type { Fault } from '../../fault/index.ts'
import type { Glitch, GlitchTiming } from '../glitch.ts'
import { lineGlitch } from './line-glitch.ts'

/**
 * Strikes after a line has run: at the next point of the same activation of the function, or at its return.
 *
 * @example
 * ```ts
 * glitchAfterLine('src/jobs/charge.ts:14', crash())
 * ```
 */
export function glitchAfterLine(key: string, fault?: Fault, timing?: GlitchTiming): Glitch {
  return lineGlitch('glitchAfterLine', key, fault, timing, true)
}
