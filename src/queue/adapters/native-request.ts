import { FaultlineError } from '../../model/error.ts'
import { isJobRequest, type JobRequest, requestBrand } from '../../model/job.ts'
import { describe } from '../describe.ts'

/**
 * A request for a job of a queue library: what that library's own enqueue takes is `native`.
 *
 * @throws FAULTLINE_BAD_OPTION for a name that is none.
 */
export function nativeRequest(name: string, payload: unknown, native: object): JobRequest {
  if (typeof name !== 'string' || name === '') {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `The name of a job must be a string that is not empty: received ${describe(name)}.`,
    })
  }
  return { [requestBrand]: true, name, payload, options: {}, native } as JobRequest
}

/**
 * What a request carries for the adapter of `kind`, recognised by `isOwn`.
 *
 * @throws FAULTLINE_UNKNOWN_JOB for what `adapter.job(…)` did not make.
 */
export function nativeOf<T extends object>(
  request: unknown,
  kind: string,
  isOwn: (native: object) => native is T,
  hint: string,
): { readonly request: JobRequest; readonly native: T } {
  if (isJobRequest(request) && typeof request.native === 'object' && request.native !== null) {
    if (isOwn(request.native)) return { request, native: request.native }
  }
  const received = isJobRequest(request) ? `a request for the job '${request.name}'` : describe(request)
  throw new FaultlineError('FAULTLINE_UNKNOWN_JOB', {
    message: `The ${kind} adapter enqueues only its own jobs: received ${received}; allowed is what its job(…) returned.`,
    hint,
  })
}
