import { FaultlineError } from '../../model/error.ts'

/** The queue cannot hand out the job that is chosen. */
export function cannotRace(kind: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `The ${kind} queue cannot race: it cannot hand out a certain job.`,
    hint: 'Leave the option `queue` out: the embedded queue can.',
  })
}

/** Deliveries without an end. */
export function tooMany(limit: number, id?: string): FaultlineError {
  return new FaultlineError('FAULTLINE_RUNAWAY', {
    message: `The race never ends: more than ${limit} deliveries${id === undefined ? '' : ` of ${id}`}.`,
    hint: 'A job that enqueues itself for ever needs `within`; `maxDeliveries` raises the bound.',
  })
}

/** Steps without end. */
export function endless(stepsMax: number): FaultlineError {
  return new FaultlineError('FAULTLINE_RUNAWAY', {
    message: `The race never ends: more than ${stepsMax} steps.`,
    hint: 'A job that loops for ever, or polls without a sleep, cannot be raced; race a smaller piece of work.',
  })
}
