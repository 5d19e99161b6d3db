import { FaultlineError, isFaultlineError } from '../model/error.ts'

const failures: WeakSet<FaultlineError> = new WeakSet()

/** The error of a backoff that threw, or that gave no time: a mistake of the job that shows only after some errors. */
export function backoffFailure(reason: unknown, attempt: number, name: string): FaultlineError {
  const isTime = isFaultlineError(reason, 'FAULTLINE_BAD_TIME')
  const failure = new FaultlineError(isTime ? 'FAULTLINE_BAD_TIME' : 'FAULTLINE_BAD_JOB', {
    message: isTime
      ? reason.message
      : `The backoff of job '${name}' threw after attempt ${attempt}: ${String(reason)}.`,
    hint: 'It must give a duration after every error that an attempt may fail with, also one that it does not know.',
    ...(isTime ? undefined : { cause: reason }),
  })
  failures.add(failure)
  return failure
}

/** Whether an error is a {@link backoffFailure}. */
export function isBackoffFailure(error: unknown): error is FaultlineError {
  return isFaultlineError(error) && failures.has(error)
}
