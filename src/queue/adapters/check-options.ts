import { FaultlineError } from '../../model/error.ts'
import { describe } from '../describe.ts'
import { didYouMean } from '../nearest.ts'

/**
 * Refuses what is no object of options, options that do not exist, and an `allowRemote` that is neither true nor false.
 *
 * @throws FaultlineError `FAULTLINE_BAD_OPTION`
 */
export function checkOptionNames(maker: string, given: unknown, allowed: readonly string[]): void {
  const list = allowed.join(', ')
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw bad(`${maker} takes an object of options: received ${describe(given)}; allowed are ${list}.`)
  for (const name of Object.keys(given)) {
    if (allowed.includes(name)) continue
    throw bad(`${maker} has no option '${name}'; allowed are ${list}.`, didYouMean(name, allowed))
  }
  const { allowRemote } = given as { readonly allowRemote?: unknown }
  if (allowRemote !== undefined && typeof allowRemote !== 'boolean')
    throw bad(`${maker}: allowRemote must be true or false: received ${describe(allowRemote)}.`)
}

function bad(message: string, hint?: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', hint === undefined ? { message } : { message, hint })
}
