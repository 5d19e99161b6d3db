import { FaultlineError } from '../model/error.ts'

/** The work enqueued nothing. */
export function nothingEnqueued(): FaultlineError {
  return new FaultlineError('FAULTLINE_NOTHING_ENQUEUED', {
    message: 'Nothing was enqueued: there is no work to simulate.',
    hint: 'enqueuedBy(fn) gets { queue, world }: fn must enqueue through that queue, or through the one given as the option `queue`.',
  })
}
