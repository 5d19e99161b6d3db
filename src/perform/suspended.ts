import type { Ending } from '../queue/port.ts'
import { codeLine, eventLoopTurn, realNowMs, type Suspension, shared } from '../runtime/index.ts'
import { givenUp } from './given-up.ts'
import type { Ended, Running } from './running.ts'
import type { Session } from './session.ts'
import { describe, expire, settle } from './tell-queue.ts'
import { timeoutError } from './timeout-error.ts'

/** Real time without progress after which nobody waits for an attempt that was overtaken. */
const patienceMs = 100

/**
 * The code of a delivery is held; the queue carries on without it.
 *
 * ```text
 * stalled ───────────────── the lock lapses, redelivered; woken after that delivery, or when that waits for it; settles
 * timedOut, retry-first ─── settled as failed; woken after the retry; its end is nobody's business
 * timedOut, old-first ───── settled as failed, and runs to its end before the retry starts
 * ```
 */
export async function suspend(running: Running, { how, order }: Suspension): Promise<void> {
  const { session, claim, signal } = running
  if (how === 'stalled') {
    session.note('stalled', claim)
    await expire(running, 'stalled')
    session.suspended.push(running)
    return
  }
  await session.clock.pass(Math.max(0, claim.atMs + claim.timeoutMs! - session.queue.time.nowMs()))
  const error = timeoutError(claim)
  signal.abort(error)
  await settle(running, { ok: false, error }, 'timedOut')
  running.settled = true
  if (order === 'old-first') await wake(running)
  else session.suspended.push(running)
}

/** After a delivery: those of the same job that were suspended before it wake up, one after the other. */
export async function wakeEarlier(session: Session, { claim }: Running): Promise<void> {
  for (const running of [...session.suspended]) {
    if (!session.suspended.includes(running)) continue
    if (running.claim.id !== claim.id || running.claim.delivery >= claim.delivery) continue
    await wake(running)
  }
}

/** Nothing is left to perform: whoever is still suspended wakes up, and who was overtaken ends. True if there was one. */
export async function wakeAll(session: Session): Promise<boolean> {
  const sleeping = [...session.suspended]
  for (const running of sleeping) if (session.suspended.includes(running)) await wake(running)
  const left = session.overtaken.splice(0)
  for (const running of left) await outlast(running)
  return sleeping.length > 0 || left.length > 0
}

/** A delivery makes no progress: it may wait for what a frozen one holds. They run on together. */
export function thaw(session: Session): Running[] {
  const woken = session.suspended.splice(0)
  for (const running of woken) {
    session.note('woke', running.claim, undefined, undefined, running.worker)
    running.delivery.wake()
  }
  return woken
}

/** The end of an attempt whose time was up; one that makes no progress may hang for good: that is what it was failed for. */
async function outlast(running: Running): Promise<void> {
  const { delivery, session, last } = running
  let ended = false
  void last.then(() => {
    ended = true
  })
  const letGo = session.clock.hold()
  let progress = shared.progress
  for (let untilMs = realNowMs() + patienceMs; !ended && realNowMs() < untilMs; ) {
    await eventLoopTurn()
    if (shared.progress === progress) continue
    progress = shared.progress
    untilMs = realNowMs() + patienceMs
  }
  letGo()
  if (ended) await finish(running)
  else delivery.ended ??= 'rejected'
}

async function wake(running: Running): Promise<void> {
  const { session, delivery } = running
  const at = session.suspended.indexOf(running)
  if (at >= 0) session.suspended.splice(at, 1)
  session.note('woke', running.claim, undefined, undefined, running.worker)
  const woken: Running[] = []
  // It may wait for a row that another frozen one has locked.
  running.watch(() => {
    woken.push(...thaw(session))
    return woken.length > 0
  })
  delivery.wake()
  await finish(running)
  await finishAll(woken)
}

/** The ends of some that run on together. */
export async function finishAll(woken: readonly Running[]): Promise<void> {
  for (const running of woken) {
    running.watch(() => false)
    await finish(running)
  }
}

/** The end of one that was woken. */
export async function finish(running: Running): Promise<void> {
  const { session, delivery } = running
  const ended: Ended = await running.last
  shared.current = undefined
  if (delivery.fatal !== undefined) {
    session.blame ??= codeLine(delivery.stuckAt, 'await')
    throw delivery.fatal
  }
  if (delivery.dead) {
    session.note('crashed', running.claim, undefined, undefined, running.worker)
    await session.options.onDeath?.()
    return
  }
  if (ended.ok === 'hung' && delivery.wasHeld) {
    neverEnds(running)
    await session.options.onDeath?.()
    return
  }
  if (ended.ok === 'aborted' || ended.ok === 'hung') throw givenUp(running, ended.ok)
  delivery.ended = ended.ok === true ? 'fulfilled' : 'rejected'
  if (running.settled) noteOvertaken(running, ended as Ending)
  else await settle(running, ended as Ending)
}

/**
 * A zombie that waits for ever does no harm. Nor does it tell that a real one would: where a process is frozen, so are its
 * libraries, and here they went on and told nobody.
 */
function neverEnds({ session, claim, delivery, worker, settled }: Running): void {
  session.note('refused', claim, 'it waits for ever', undefined, worker)
  if (!settled)
    session.approximate ??=
      'the worker that woke up waits for ever: what its libraries did while it was frozen, real ones do afterwards'
  delivery.die()
}

/** The queue failed the attempt before its code ended, and does not ask how it did. */
function noteOvertaken({ session, claim, worker }: Running, ending: Ending): void {
  const end = ending.ok ? 'it returned' : `it threw ${describe(ending.error)}`
  session.note('refused', claim, `its time was up; ${end}`, undefined, worker)
}
