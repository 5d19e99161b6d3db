import { FaultlineError } from '../model/error.ts'

/** The work enqueued nothing. */
export function nothingEnqueued(): FaultlineError {
  return new FaultlineError('FAULTLINE_NOTHING_ENQUEUED', {
    message: 'Nothing was enqueued: there is no work to simulate.',
    hint:
      'enqueuedBy(fn) gets { queue, world }: fn must enqueue through that queue, or through the one given as the option `queue`.\n' +
      'A schedule (boss.schedule, a crontab) enqueues nothing by itself: make it in `setup`, give a cutoff (`within`) up to which it fires, and let fn enqueue some job.',
  })
}
