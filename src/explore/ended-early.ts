import { isFaultlineError } from '../model/error.ts'
import type { Finding } from '../oracle/index.ts'
import type { Session } from '../perform/index.ts'
import { isBackoffFailure } from '../queue/backoff-failure.ts'
import type { RunPlan } from './run-plan.ts'

/** How runs that do not end are reported. */
const endless: ReadonlyMap<string, 'runaway' | 'hung'> = new Map([
  ['FAULTLINE_RUNAWAY', 'runaway'],
  ['FAULTLINE_HUNG', 'hung'],
])

/**
 * What an error that ended a run in the middle says of the job: that it never ends, or that its `backoff` has no
 * answer to a fault. All else is thrown on: it says nothing of the job.
 */
export function endedEarly(
  error: unknown,
  { blame }: Pick<Session, 'blame'>,
  { faults, payload }: Pick<RunPlan, 'faults' | 'payload'>,
): Finding {
  // In the run without any, the declaration of the job is wrong, and no scenario can tell more.
  const isBare = faults.length === 0 && payload === undefined
  if (isBackoffFailure(error) && !isBare) return { reason: 'dead', error }
  const reason = endless.get(isFaultlineError(error) ? error.code : '')
  if (reason === undefined) throw error
  return { reason, error: error as Error, ...(blame && { blame }) }
}
