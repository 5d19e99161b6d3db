import path from 'node:path'
import type { Claim, DueWindow, Ending } from '../queue/port.ts'
import { showArchive } from '../queue/show-archive.ts'
import { codeLine, Delivery, isCrashSignal, offMode, shared } from '../runtime/index.ts'
import { givenUp } from './given-up.ts'
import { type DeliveryPort, Running } from './running.ts'
import type { Session } from './session.ts'
import { finishAll, suspend, wakeEarlier } from './suspended.ts'
import { expire, settle } from './tell-queue.ts'
import { timeoutError } from './timeout-error.ts'

/**
 * Performs one claimed delivery to its end and tells the queue.
 *
 * ```text
 * run ─┬─ fulfilled ── settle point ─┬─ settle
 *      │                             └─ struck there: lost or crashed, expire
 *      ├─ rejected, timed out ───────── settle (retry or death)
 *      ├─ bailed out when interrupted ─ expire
 *      ├─ crashed, uncaught exception ─ onDeath, expire
 *      ├─ suspended ─────────────────── see suspended.ts
 *      └─ hung ──────────────────────── throws FAULTLINE_HUNG
 * ```
 */
export async function deliver(
  session: Session,
  claim: Claim,
  port: DeliveryPort = session.queue,
  blocked?: () => boolean,
): Promise<void> {
  const identity = {
    jobId: claim.id,
    name: claim.name,
    ordinal: claim.delivery,
    worker: session.workerName,
    part: claim.part,
  }
  // Also what another queue library's own code enqueued.
  if (port === session.queue) showArchive(claim.name, undefined, claim.payload, undefined)
  const delivery = new Delivery(identity, session.options.mode, session.clock)
  if (claim.delivery > 1 || claim.part === 'dead') leaveBehind(session, claim)
  session.deliveries.push(delivery)
  if (port !== session.queue) session.facts.set(claim.id, { once: true })
  else if (claim.timeoutMs !== undefined) session.facts.set(claim.id, { timeoutMs: claim.timeoutMs })
  session.note(startOf(claim), claim, claim.part === 'dead' ? 'onDead' : undefined)
  const running = new Running(session, claim, delivery, port, deliver, blocked)
  running.start()
  const ended = await running.first
  if (running.eager !== undefined) await running.eager.end()
  shared.current = undefined
  if (delivery.postponed) session.putOff = delivery
  if (delivery.fatal !== undefined) {
    session.blame ??= codeLine(delivery.stuckAt, 'await')
    throw delivery.fatal
  }
  if (delivery.dead) {
    if (ended.ok === 'unwound')
      session.approximate = 'code of libraries went on after the crash and was not waited for'
    else if (ended.ok !== 'gone' && running.outlived)
      session.approximate = 'code of libraries ran on after the crash: a rollback, a release'
    else if (delivery.unwound !== undefined)
      session.approximate = `the crash unwound code of a library: ${path.basename(delivery.unwound)}`
    await crashed(running)
  } else if (ended.ok === 'aborted' || ended.ok === 'hung') {
    throw givenUp(running, ended.ok)
  } else if (ended.ok === 'suspended') {
    await suspend(running, ended.suspension)
  } else if (ended.ok === 'timedOut') {
    await settle(running, { ok: false, error: timeoutError(claim) }, 'timedOut')
    running.settled = true
    session.overtaken.push(running)
  } else {
    const isAlone = blocked === undefined && running.woken === undefined
    await end(running, ended as Ending, isAlone ? session.ahead : undefined)
  }
  if (running.woken !== undefined) await finishAll(running.woken)
  if (session.suspended.length > 0) await wakeEarlier(session, running)
}

/** What still runs of attempts that failed overlaps from here on. */
function leaveBehind({ deliveries }: Session, { id }: Claim): void {
  for (const earlier of deliveries) if (earlier.identity.jobId === id) earlier.leave()
}

function startOf(claim: Claim): 'redelivered' | 'retried' | 'started' {
  if (claim.redelivered) return 'redelivered'
  return claim.delivery > 1 ? 'retried' : 'started'
}

async function end(running: Running, ending: Ending, next: DueWindow | undefined): Promise<void> {
  const { delivery, session, claim, port } = running
  delivery.ended = ending.ok ? 'fulfilled' : 'rejected'
  const struck = ending.ok ? struckAtSettle(running) : undefined
  if (struck !== undefined) {
    await struck
    return
  }
  if (!ending.ok && running.interrupted !== undefined && isBailOut(ending.error, running.interrupted)) {
    running.session.note('bailedOut', running.claim, undefined, undefined, running.worker)
    await expire(running, 'interrupted')
    return
  }
  // A worker that was asked to stop takes with it what still runs; outside of simulations nobody looks.
  if (!ending.ok && running.interrupted === undefined && port === session.queue && delivery.mode !== offMode)
    delivery.fail()
  const isLast = !delivery.duplicated && session.putOff === undefined && !isAnyoneLeft(session)
  const status = await settle(running, ending, undefined, isLast ? next : undefined)
  if (status === 'dead') delivery.leave()
  if (!delivery.duplicated || status !== 'completed' || port !== session.queue) return
  delivery.duplicated = false
  await session.queue.duplicate?.(claim)
}

/** Whether code of earlier deliveries is still to be woken, or waited for. */
function isAnyoneLeft({ suspended, overtaken }: Session): boolean {
  return suspended.length > 0 || overtaken.length > 0
}

/** Whether a job that was asked to stop did so, rather than fail. */
function isBailOut(error: unknown, reason: Error): boolean {
  return error === reason || (error as { name?: unknown } | undefined)?.name === 'AbortError'
}

async function crashed(running: Running): Promise<void> {
  running.session.note('crashed', running.claim, undefined, undefined, running.worker)
  const { onDeath, onCrashed } = running.session.options
  await onDeath?.()
  await onCrashed?.()
  await expire(running, 'crashed')
}

/** After `perform` returned and before the queue recorded it: what strikes here loses the acknowledgement. */
function struckAtSettle(running: Running): Promise<void> | undefined {
  const { delivery, session } = running
  const { mode } = session.options
  try {
    mode.reachQueue?.(delivery, 'settle', 'settle')
    return undefined
  } catch (error) {
    if (delivery.fatal !== undefined) throw delivery.fatal
    return isCrashSignal(error) ? crashed(running) : expire(running, 'lost')
  }
}
