import { FaultlineError } from '../../model/error.ts'
import { describe } from '../describe.ts'
import { didYouMean } from '../nearest.ts'

/**
 * Refuses options of a library that are no object, and names that look like a misspelt one: what a newer version of it
 * has beside the known ones passes.
 *
 * @throws FaultlineError `FAULTLINE_BAD_OPTION`
 */
export function checkSpelling(
  library: string,
  job: string,
  options: unknown,
  known: readonly PropertyKey[],
): void {
  if (options === undefined) return
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `The options of the job '${job}' must be an object: received ${describe(options)}.`,
    })
  }
  for (const option of Object.keys(options)) {
    const hint = known.includes(option) ? undefined : didYouMean(option, known as readonly string[])
    if (hint === undefined) continue
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `${library} has no option '${option}' for the job '${job}'.`,
      hint,
    })
  }
}
