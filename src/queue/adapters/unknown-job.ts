import { FaultlineError } from '../../model/error.ts'
import { didYouMean } from '../nearest.ts'

/** A job that no worker of the adapter takes: it would wait for ever. */
export function unknownJob(name: string, names: readonly string[]): FaultlineError {
  const hint = didYouMean(name, names)
  return new FaultlineError('FAULTLINE_UNKNOWN_JOB', {
    message: `No worker takes the job '${name}'; known are ${names.join(', ')}.`,
    ...(hint === undefined ? undefined : { hint }),
  })
}
