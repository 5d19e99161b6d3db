import { FaultlineError } from '../model/error.ts'
import type { JobDefinition } from '../model/job.ts'
import { isJobDefinition } from '../model/job.ts'
import { describe } from './describe.ts'
import { didYouMean } from './nearest.ts'

/** What `memoryQueue` takes. */
export interface MemoryQueueOptions {
  /** Jobs that can be enqueued by name; others become known when they are first enqueued. */
  readonly jobs?: readonly JobDefinition[]
  /** Where virtual time starts; default: the wall clock. */
  readonly now?: Date
}

const OPTIONS: readonly string[] = ['jobs', 'now']

/** Checks the options of a memory queue and returns where its virtual time starts. */
export function startMsOf(options: MemoryQueueOptions | undefined): number {
  if (options === undefined) return Date.now()
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw badOption(`memoryQueue takes an object of options: received ${describe(options)}.`)
  }
  for (const option in options) {
    if (OPTIONS.includes(option)) continue
    const message = `memoryQueue has no option '${option}'; allowed are ${OPTIONS.join(', ')}.`
    throw badOption(message, didYouMean(option, OPTIONS))
  }
  const { jobs, now } = options
  if (jobs !== undefined && (!Array.isArray(jobs) || !jobs.every(isJobDefinition))) {
    throw badOption(
      `The option 'jobs' of memoryQueue must be a list of what defineJob returned: received ${describe(jobs)}.`,
    )
  }
  if (now === undefined) return Date.now()
  if (now instanceof Date && !Number.isNaN(now.getTime())) return now.getTime()
  throw new FaultlineError('FAULTLINE_BAD_TIME', {
    message: `The option 'now' of memoryQueue is no time: received ${describe(now)}; allowed is a valid Date.`,
  })
}

function badOption(message: string, hint?: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', hint === undefined ? { message } : { message, hint })
}
