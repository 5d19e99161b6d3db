import type { DueJob } from '../model/delivery.ts'
import { FaultlineError } from '../model/error.ts'
import type { DueWindow } from '../queue/port.ts'
import { codeLineAt, Delivery, eventLoopTurn, realNowMs } from '../runtime/index.ts'
import { deliver } from './deliver.ts'
import type { Session } from './session.ts'
import { wakeAll } from './suspended.ts'

/** Deliveries of one run before it counts as a runaway. */
export const limitDefault = 10_000
/** Real time after which the event loop gets a turn. */
const turnMs = 10

/** The last deliveries before that, of which it is seen where they enqueue jobs. */
const linksSeen = 20

const anyTime: DueWindow = {}

const neverDrains =
  'A job that enqueues itself for ever needs a cutoff: performAllBefore(queue, …), or `within` in a simulation. `limit` raises the bound.'
const overAndOver =
  'Each of its deliveries fails, or dies, and the next one finds the same. Where so many are meant, `maxDeliveries` raises the bound.'

/** What of the queue is performed. */
export interface DueOptions {
  readonly fromMs?: number
  readonly untilMs?: number
  readonly limit?: number | undefined
  /** The window grows by the virtual time that faults cost. */
  readonly growing?: boolean
}

/**
 * The loop: claim the earliest due job, deliver it, look again. Timers that a delivery left behind move no time;
 * they fire when time moves on for another reason, and once at the end, for whoever looks for late code.
 */
export async function performDue(session: Session, due: DueOptions): Promise<void> {
  const { queue, clock, options } = session
  const limit = due.limit ?? limitDefault
  const ofJob = new Map<string, number>()
  /** Jobs that were delivered as often as may be. */
  const worn = new Set<string>()
  let turnAtMs = realNowMs() + turnMs
  clock.stop()
  for (let count = 0; ; count++) {
    options.signal?.throwIfAborted()
    const untilMs = due.untilMs === undefined ? undefined : due.untilMs + (due.growing ? session.costMs : 0)
    const next = count >= limit || worn.size > 0 ? await nextDue(session, due.fromMs, untilMs) : undefined
    if (count + linksSeen >= limit) session.enqueuedAt ??= new Map()
    if (next !== undefined && count >= limit) {
      session.blame = codeLineAt(session.enqueuedAt?.get(next.id))
      throw runaway(`more than ${limit} deliveries`, [...ofJob.keys()], neverDrains)
    }
    if (next !== undefined && worn.has(next.id))
      throw runaway(`more than ${options.maxDeliveries} deliveries of ${next.id}`, [next.name], overAndOver)
    if (options.mode.starts || session.putOff !== undefined)
      await startInOrder(session, window(due.fromMs, untilMs))
    const claim = await queue.claim(session.workerName, window(due.fromMs, untilMs))
    if (claim === undefined) {
      if (await wakeAll(session)) continue
      break
    }
    if (clock.hasTimers) await clock.advanceTo(queue.time.nowMs())
    ofJob.set(claim.name, (ofJob.get(claim.name) ?? 0) + 1)
    if (claim.delivery >= (options.maxDeliveries ?? Number.POSITIVE_INFINITY)) worn.add(claim.id)
    const isNextClaimed = count + 1 < limit && worn.size === 0 && !options.mode.starts
    session.ahead = isNextClaimed ? (window(due.fromMs, untilMs) ?? anyTime) : undefined
    await deliver(session, claim)
    if (realNowMs() > turnAtMs) {
      await eventLoopTurn()
      turnAtMs = realNowMs() + turnMs
    }
  }
  clock.linger()
}

/** Of jobs that are due together and may start in any order, the first one may be put off. */
async function startInOrder(session: Session, due: DueWindow | undefined): Promise<void> {
  const { queue, clock, workerName: worker, options } = session
  for (let postponed = true; postponed; ) {
    const [first, other] = (await queue.parallel?.(due)) ?? []
    if (first === undefined || other === undefined) return
    if (session.putOff !== undefined) {
      session.putOff.postponed = false
      session.putOff = undefined
      await queue.postpone?.(due)
      continue
    }
    const { id: jobId, name, delivery: ordinal, part } = first
    const place = new Delivery({ jobId, name, ordinal, worker, part }, options.mode, clock)
    options.mode.reachQueue?.(place, 'start', 'start')
    postponed = place.postponed
    if (postponed) await queue.postpone?.(due)
  }
}

/** Asked before claiming: past the limit nothing is taken out of the queue. */
async function nextDue(
  session: Session,
  fromMs = Number.NEGATIVE_INFINITY,
  untilMs = Number.POSITIVE_INFINITY,
): Promise<DueJob | undefined> {
  const pending = await session.queue.pending()
  return pending.find((job) => job.at.getTime() >= fromMs && job.at.getTime() <= untilMs)
}

function window(
  fromMs: number | undefined,
  untilMs: number | undefined,
): { fromMs?: number; untilMs?: number } | undefined {
  if (fromMs === undefined && untilMs === undefined) return undefined
  return {
    ...(fromMs === undefined ? undefined : { fromMs }),
    ...(untilMs === undefined ? undefined : { untilMs }),
  }
}

function runaway(what: string, names: string[], hint: string): FaultlineError {
  return new FaultlineError('FAULTLINE_RUNAWAY', {
    message: `The queue never drains: ${what}; performed were ${names.join(', ')}.`,
    hint,
  })
}
