import { FaultlineError } from '../model/error.ts'
import { isJobRequest } from '../model/job.ts'
import { archiveOf } from '../queue/index.ts'
import { kindOfWork, type Work } from './work.ts'

/** A payload that is delivered instead of the job's own. */
export interface OtherPayload {
  /** The scenario's: `payload[0]`. */
  readonly id: string
  readonly value: unknown
}

/** The payloads of other releases, as scenarios; only a job has payloads. */
export function payloadsOf(work: Work, payloads: unknown): OtherPayload[] {
  if (payloads === undefined) return []
  if (!Array.isArray(payloads)) {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `payloads: received ${payloads === null ? 'null' : typeof payloads}; allowed is a list of payloads.`,
    })
  }
  const kind = kindOfWork(work)
  if (kind !== 'job') {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `payloads: the work is ${kindWords[kind]}, which has no payload; allowed is the option with a job: job.with(payload).`,
      hint: 'Simulate the job itself, with the payloads that other releases enqueued for it.',
    })
  }
  return payloads.map((value, index) => ({ id: `payload[${index}]`, value }))
}

/** The archive of the job's payloads, where it has one. */
export function archiveOfWork(work: Work): ReturnType<typeof archiveOf> {
  return isJobRequest(work) ? archiveOf(work.job, work.name) : undefined
}

/** What the archive holds beside the shapes that the work itself enqueues. */
export function archivedPayloads(work: Work): OtherPayload[] {
  const others = archiveOfWork(work)?.others() ?? []
  return others.map((value, index) => ({ id: `archived[${index}]`, value }))
}

const kindWords = {
  script: 'a function',
  enqueuedBy: 'what enqueuedBy(fn) enqueues',
  once: 'a request handler, once(fn)',
}

/** For the timeline: which payload, and what is in it. */
export function payloadInWords({ id, value }: OtherPayload): string {
  return typeof value === 'function' ? id : `${id} ${JSON.stringify(value)}`
}
