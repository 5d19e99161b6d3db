import { FaultlineError } from '../model/error.ts'
import { describe } from './describe.ts'

/** What was given is no job. */
export function notEnqueueable(what: unknown): FaultlineError {
  return new FaultlineError('FAULTLINE_UNKNOWN_JOB', {
    message:
      `Only jobs can be enqueued: received ${describe(what)}; allowed is what defineJob or job.with() returned, ` +
      'or the name of a job that the queue knows.',
  })
}

/** A request was given a payload or options of its own beside it. */
export function requestAndMore(name: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `An enqueue of '${name}' was given a request and more: a request holds its own payload and options.`,
    hint: 'Write enqueue(job.with(payload, options)), or enqueue(job, payload, options).',
  })
}
