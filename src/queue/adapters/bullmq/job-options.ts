import type { JobsOptions } from 'bullmq'
import { FaultlineError } from '../../../model/error.ts'
import { describe } from '../../describe.ts'
import { timeMaxMs } from '../../time-range.ts'
import { checkSpelling } from '../native-options.ts'

const known: readonly (keyof JobsOptions)[] = [
  'attempts',
  'backoff',
  'continueParentOnFailure',
  'deduplication',
  'delay',
  'failParentOnFailure',
  'ignoreDependencyOnFailure',
  'jobId',
  'keepLogs',
  'lifo',
  'parent',
  'priority',
  'removeDependencyOnFailure',
  'removeOnComplete',
  'removeOnFail',
  'repeat',
  'sizeLimit',
  'stackTraceLimit',
  'telemetry',
  'timestamp',
] as (keyof JobsOptions)[]

/**
 * Refuses what BullMQ would take silently, or only trip over when the job is due.
 *
 * @throws FAULTLINE_BAD_OPTION, FAULTLINE_BAD_TIME
 */
export function checkJobOptions(options: unknown, name: string, nowMs: number): void {
  checkSpelling('BullMQ', name, options, known)
  const { delay } = (options ?? {}) as { delay?: unknown }
  if (delay === undefined) return
  if (typeof delay === 'number' && delay >= 0 && nowMs + delay <= timeMaxMs) return
  throw new FaultlineError('FAULTLINE_BAD_TIME', {
    message: `The delay of the job '${name}' is no time: received ${describe(delay)}; allowed is a number of milliseconds ≥ 0, within the range of Date.`,
  })
}
