import { isDeepStrictEqual } from 'node:util'
import { FaultlineError } from '../../model/error.ts'
import type { JobDefinition, JobRequest } from '../../model/job.ts'
import { defineJob } from '../../queue/index.ts'
import { kindOfWork, nameOfWork, type Work } from '../work.ts'
import { firstDeliveryOf } from './redelivery.ts'

/** How many works may race. */
const worksMax = 8

/** One work of a race: what its worker performs first. */
export interface Entry {
  readonly work: Work
  readonly name: string
  /** What is enqueued for it; absent for request handlers and for what enqueues by itself. */
  readonly request?: JobRequest
  /** The entry whose job is delivered a second time. */
  readonly again?: number
}

/** The works of a race, checked. */
export function entriesOf(works: readonly Work[]): Entry[] {
  if (!Array.isArray(works) || works.length < 2 || works.length > worksMax) {
    const received = Array.isArray(works) ? `a list of ${works.length}` : typeof works
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `A race takes a list of 2 to ${worksMax} works: received ${received}.`,
      hint: 'runRaces([charge.with({ orderId: 7 }), cancel.with({ orderId: 7 })], …); the same job twice races with itself.',
    })
  }
  const scripts = new Map<unknown, JobDefinition<unknown>>()
  const entries = works.map((work): Entry => {
    const kind = kindOfWork(work)
    const name = nameOfWork(work)
    if (kind === 'job') return { work, name, request: work as JobRequest }
    if (kind !== 'script') return { work, name }
    let job = scripts.get(work)
    if (job === undefined) {
      const script = work as (context: never) => unknown
      const taken = [...scripts.values()].filter((other) => other.name.replace(/ \d+$/, '') === name).length
      job = defineJob<unknown>({
        name: taken === 0 ? name : `${name} ${taken + 1}`,
        perform: (_payload, context) => script(context as never),
      })
      scripts.set(work, job)
    }
    return { work, name: job.name, request: job.with(null) }
  })
  return entries.map((entry, index) => withFirst(entry, index, entries))
}

/** A second delivery needs its first one. */
function withFirst(entry: Entry, index: number, entries: readonly Entry[]): Entry {
  const first = firstDeliveryOf(entry.work)
  if (first === undefined) return entry
  const again = entries.findIndex(
    ({ work }, other) =>
      other !== index && (work === first || (firstDeliveryOf(work) === undefined && isSame(work, first))),
  )
  if (again >= 0) return { ...entry, again }
  throw new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `redelivery(${entry.name}) races without its first delivery: received ${entries.map(({ name }) => name).join(', ')}.`,
    hint: 'Give the request itself, too: runRaces([order, redelivery(order)], …).',
  })
}

function isSame(work: Work, request: JobRequest): boolean {
  const { name, payload } = work as Partial<JobRequest>
  return name === request.name && isDeepStrictEqual(payload, request.payload)
}
