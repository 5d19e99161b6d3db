import { execution } from '../model/context.ts'
import { FaultlineError } from '../model/error.ts'
import type { Claim, Ending, QueueAdapter, RunExtras } from '../queue/port.ts'
import { afterTurn, armAll, Delivery, isCrashSignal, shared } from '../runtime/index.ts'
import { hungError } from './hung.ts'
import type { Session } from './session.ts'

/** The part of a queue that performing one claim needs. */
export type DeliveryPort = Pick<QueueAdapter, 'run' | 'settle' | 'expire'>

type Ended = Ending | { readonly ok: 'hung' | 'unwound' | 'died' | 'timedOut' | 'aborted' }

/**
 * Performs one claimed delivery to its end and tells the queue.
 *
 * ```text
 * run ─┬─ fulfilled ── settle point ─┬─ settle
 *      │                             └─ struck there: lost or crashed, expire
 *      ├─ rejected, timed out ───────── settle (retry or death)
 *      ├─ crashed, uncaught exception ─ onDeath, expire
 *      └─ hung ──────────────────────── throws FAULTLINE_HUNG
 * ```
 */
export async function deliver(
  session: Session,
  claim: Claim,
  port: DeliveryPort = session.queue,
): Promise<void> {
  const { options } = session
  const identity = { jobId: claim.id, name: claim.name, ordinal: claim.delivery, worker: session.workerName }
  const delivery = new Delivery(identity, options.mode, session.clock)
  session.deliveries.push(delivery)
  delivery.onEnqueued = (name) => session.note('enqueued', claim, name)
  session.note(startOf(claim), claim, claim.part === 'dead' ? 'onDead' : undefined)
  let turned = false
  delivery.onDeath = () => afterTurn(() => (turned = true))
  const ended = await runToEnd(session, claim, delivery, port)
  shared.current = undefined
  if (delivery.fatal !== undefined) throw delivery.fatal
  if (delivery.dead) {
    if (ended.ok === 'unwound')
      session.approximate = 'code of libraries went on after the crash and was not waited for'
    else if (turned) session.approximate = 'code of libraries ran on after the crash: a rollback, a release'
    return crashed(session, claim, port)
  }
  if (ended.ok === 'aborted' || ended.ok === 'hung') {
    const error = ended.ok === 'hung' ? hungError(delivery) : options.signal!.reason
    delivery.die()
    throw error
  }
  if (ended.ok === 'timedOut') {
    delivery.ended = 'rejected'
    return settle(session, claim, port, { ok: false, error: timeoutError(claim) }, 'timedOut')
  }
  delivery.ended = ended.ok === true ? 'fulfilled' : 'rejected'
  if (ended.ok === true && (await struckAtSettle(session, claim, delivery, port))) return
  await settle(session, claim, port, ended as Ending)
}

function startOf(claim: Claim): 'redelivered' | 'retried' | 'started' {
  if (claim.redelivered) return 'redelivered'
  return claim.delivery > 1 ? 'retried' : 'started'
}

function runToEnd(session: Session, claim: Claim, delivery: Delivery, port: DeliveryPort): Promise<Ended> {
  const { clock } = session
  const { watchdog } = session.options
  const extras = new LazySignal()
  return new Promise<Ended>((resolve) => {
    let timer: object | undefined
    const letGo = clock.hold()
    const end = (ended: Ended): void => {
      if (timer !== undefined) clock.clearTimer(timer)
      letGo()
      watchdog?.watch(undefined)
      resolve(ended)
    }
    watchdog?.watch({ delivery, give: (ok) => end({ ok }) })
    delivery.onException = () => {
      if (delivery.dead || delivery.ended !== undefined) return
      delivery.die()
      armAll()
      end({ ok: 'died' })
    }
    if (claim.timeoutMs !== undefined) {
      timer = clock.setTimer(
        () => {
          extras.abort(timeoutError(claim))
          end({ ok: 'timedOut' })
        },
        claim.timeoutMs,
        false,
      )
    }
    const context = { clock, random: session.randomFor(`${claim.id}/${claim.delivery}`), delivery }
    execution
      .run(context, () => port.run(claim, extras))
      .then(
        (result) => end({ ok: true, result }),
        (error) => end({ ok: false, error }),
      )
  })
}

/** A signal that is only made when somebody looks at it. */
class LazySignal implements RunExtras {
  #controller: AbortController | undefined

  get signal(): AbortSignal {
    return (this.#controller ??= new AbortController()).signal
  }

  abort(reason: unknown): void {
    ;(this.#controller ??= new AbortController()).abort(reason)
  }
}

async function crashed(session: Session, claim: Claim, port: DeliveryPort): Promise<void> {
  session.note('crashed', claim)
  await session.options.onDeath?.()
  await expire(session, claim, port, 'crashed')
}

/** After `perform` returned and before the queue recorded it: what strikes here loses the acknowledgement. */
async function struckAtSettle(
  session: Session,
  claim: Claim,
  delivery: Delivery,
  port: DeliveryPort,
): Promise<boolean> {
  const { mode } = session.options
  if (mode.reachQueue === undefined) return false
  try {
    mode.reachQueue(delivery, 'settle', 'settle')
    return false
  } catch (error) {
    if (delivery.fatal !== undefined) throw delivery.fatal
    if (isCrashSignal(error)) await crashed(session, claim, port)
    else await expire(session, claim, port, 'lost')
    return true
  }
}

async function expire(
  session: Session,
  claim: Claim,
  port: DeliveryPort,
  outcome: 'crashed' | 'lost',
): Promise<void> {
  const atMs = await port.expire(claim, outcome)
  session.costMs += Math.max(0, atMs - session.queue.time.nowMs())
  session.nextWorker()
}

async function settle(
  session: Session,
  claim: Claim,
  port: DeliveryPort,
  ending: Ending,
  outcome?: 'timedOut',
): Promise<void> {
  const settlement = await port.settle(claim, ending, outcome)
  const detail = ending.ok ? undefined : describe(ending.error)
  if (settlement.status === 'retried') {
    session.costMs += Math.max(0, settlement.nextAtMs! - session.queue.time.nowMs())
    session.note('failed', claim, detail)
  } else
    session.note(
      settlement.status === 'completed' ? 'completed' : settlement.status === 'dead' ? 'dead' : 'failed',
      claim,
      detail,
    )
}

function describe(error: unknown): string {
  if (error instanceof Error)
    return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`
  return String(error)
}

function timeoutError(claim: Claim): FaultlineError {
  return new FaultlineError('FAULTLINE_JOB_TIMEOUT', {
    message: `${claim.id} ran longer than its timeout of ${claim.timeoutMs} ms (attempt ${claim.attempt}).`,
  })
}
