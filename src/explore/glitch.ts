import { error, type Fault, families, isFault } from '../fault/index.ts'
import { FaultlineError } from '../model/error.ts'
import type { Place } from '../model/point.ts'
import { describe } from '../queue/describe.ts'
import { bad, kind, unknownName } from './bad-option.ts'

const brand: unique symbol = Symbol.for('faultline.glitch-maker') as never

/** Which time the place must be reached. */
export interface GlitchTiming {
  /** 1-based, counted in one delivery as it runs; default 1. */
  readonly hit?: number
  /** Which delivery of the job, 1-based; default any. */
  readonly attempt?: number
}

/** A fault at a place that is described, for `runScenario`. */
export interface Glitch {
  readonly [brand]: true
  /** As the user wrote it: `glitchBeforeLine('src/jobs/charge.ts:14')`. */
  readonly description: string
  readonly key: string
  readonly fault: Fault
  readonly after: boolean
  readonly timing: GlitchTiming
  readonly args?: (args: unknown[]) => unknown
  readonly returns?: (value: unknown) => unknown
  matches(place: Place): boolean
  /** Keys that could have been given instead. */
  candidates(places: readonly Place[]): string[]
}

/** Whether a value is a {@link Glitch}, of any loaded copy of the package. */
export function isGlitch(value: unknown): value is Glitch {
  return typeof value === 'object' && value !== null && brand in value
}

const makers = [...Object.keys(families).map((name) => `${name}()`), 'rival(fn)'].join(', ')

/** A glitch of one maker; the fault is `error()` unless one is given. */
export function makeGlitch(
  maker: string,
  key: string,
  fault: Fault = error(),
  options: GlitchTiming = {},
  rest: Pick<Glitch, 'matches' | 'candidates'> & Partial<Glitch>,
): Glitch {
  const timing = checkTiming(maker, options)
  if (!isFault(fault)) {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `${maker}('${key}', fault) takes a fault: received ${describe(fault)}; allowed is what a maker of faults returned: ${makers}.`,
    })
  }
  return { [brand]: true, description: `${maker}('${key}')`, key, fault, after: false, timing, ...rest }
}

/** The options of a maker; `more` are those that it has beside the timing. */
export function checkTiming<O extends GlitchTiming>(
  maker: string,
  given: O,
  more: readonly string[] = [],
): O {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw bad(`The options of ${maker} must be an object: received ${kind(given)}.`)
  const allowed = [...more, 'hit', 'attempt']
  for (const name of Object.keys(given))
    if (!allowed.includes(name)) throw unknownName(`option of ${maker}`, name, allowed)
  for (const name of ['hit', 'attempt'] as const) {
    const value: unknown = given[name]
    if (value !== undefined && !(Number.isInteger(value) && (value as number) >= 1))
      throw bad(`${name} of ${maker}: received ${kind(value)}; allowed is a whole number ≥ 1.`)
  }
  return given
}
