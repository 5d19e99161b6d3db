import { FaultlineError } from '../model/error.ts'
import type { JobRequest } from '../model/job.ts'
import { policyOf } from '../queue/policy.ts'
import { kindOfWork, type Work } from './work.ts'

/** More faults than a job has attempts are beyond its policy, whatever it does. */
export function checkDepth(depth: number | undefined, work: Work): void {
  if (kindOfWork(work) !== 'job' || depth === undefined) return
  const { name, job } = work as JobRequest
  if (job === undefined) return
  const { attempts } = policyOf(job)
  if (depth <= attempts) return
  throw new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `depth: received ${depth}; the job '${name}' has ${attempts} attempts, and no more faults than that are within its policy.`,
    hint: `depth: ${attempts}, or more \`attempts\` in defineJob.`,
  })
}
