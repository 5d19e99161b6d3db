import { FaultlineError } from '../model/error.ts'
import { describe } from '../queue/describe.ts'
import { didYouMean } from '../queue/nearest.ts'

/** The options that a maker of faults was given; anything but these is an error. */
export function optionsOf<O extends object>(
  maker: string,
  given: O | undefined,
  allowed: readonly (keyof O & string)[],
): O {
  if (given === undefined) return {} as O
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw bad(`${maker}(options) takes an object with ${allowed.join(', ')}: received ${describe(given)}.`)
  }
  for (const name of Object.keys(given)) {
    if ((allowed as readonly string[]).includes(name)) continue
    throw bad(
      `${maker}() has no option '${name}'; allowed is ${allowed.join(', ')}.`,
      didYouMean(name, allowed),
    )
  }
  return given
}

export function bad(message: string, hint?: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', hint === undefined ? { message } : { message, hint })
}
