import type { Fault } from '../../fault/index.ts'
import type { Glitch, GlitchTiming } from '../glitch.ts'
import { lineGlitch } from './line-glitch.ts'

/**
 * Strikes before the first statement that starts on a line.
 *
 * @example
 * ```ts
 * glitchBeforeLine('src/jobs/charge.ts:14', crash(), { hit: 2 })
 * ```
 */
export function glitchBeforeLine(key: string, fault?: Fault, timing?: GlitchTiming): Glitch {
  return lineGlitch('glitchBeforeLine', key, fault, timing, false)
}
