import { execution } from '../model/context.ts'
import type { Claim, Ending, QueueAdapter, RunExtras } from '../queue/port.ts'
import { afterTurn, armAll, type Delivery, type Suspension } from '../runtime/index.ts'
import type { Session } from './session.ts'
import { timeoutError } from './timeout-error.ts'

/** The part of a queue that performing one claim needs. */
export type DeliveryPort = Pick<QueueAdapter, 'run' | 'settle' | 'expire'>

/** How the code of a delivery ended, or why nobody waits for it any more. */
export type Ended =
  | Ending
  | { readonly ok: 'hung' | 'unwound' | 'gone' | 'died' | 'timedOut' | 'aborted' }
  | { readonly ok: 'suspended'; readonly suspension: Suspension }

/** A delivery whose code was started. */
export interface Running {
  readonly session: Session
  readonly claim: Claim
  readonly port: DeliveryPort
  readonly delivery: Delivery
  readonly worker: string
  /** Its end, or that it was suspended. */
  readonly first: Promise<Ended>
  /** Its end; after a suspension, once it was woken. */
  readonly last: Promise<Ended>
  readonly signal: LazySignal
  /** It was asked to stop, with this reason. */
  interrupted: Error | undefined
  /** It died, and a turn of the event loop passed since. */
  outlived?: boolean
  /** The queue was told of its end before it came: an attempt that was overtaken. */
  settled: boolean
  /** Lets the watchdog give up on it. */
  watch(blocked?: () => boolean): void
}

/** Starts the code of a claim; `blocked` is asked when it makes no progress for a while. */
export function start(
  session: Session,
  claim: Claim,
  delivery: Delivery,
  port: DeliveryPort,
  blocked: () => boolean,
): Running {
  const { clock } = session
  const { watchdog } = session.options
  const first = Promise.withResolvers<Ended>()
  const last = Promise.withResolvers<Ended>()
  const signal = new LazySignal(loaderOf(session, claim))
  const timers: object[] = []
  let timeoutTimer: object | undefined
  let unwatch: (() => void) | undefined
  let letGo: (() => void) | undefined
  const release = (): void => {
    unwatch?.()
    letGo?.()
    letGo = undefined
  }
  const end = (ended: Ended): void => {
    for (const timer of timers) clock.clearTimer(timer)
    clock.clearTimer(timeoutTimer)
    release()
    first.resolve(ended)
    last.resolve(ended)
  }
  // What the queue makes of it is decided already; its code is awaited to its end later.
  const overtake = (ended: Ended): void => {
    clock.clearTimer(timeoutTimer)
    release()
    first.resolve(ended)
  }
  const running: Running = {
    session,
    claim,
    port,
    delivery,
    worker: session.workerName,
    first: first.promise,
    last: last.promise,
    signal,
    interrupted: undefined,
    settled: false,
    watch: (blocked) => {
      letGo ??= clock.hold()
      unwatch = watchdog?.watch({
        delivery,
        give: (ok) => end({ ok }),
        ...(blocked === undefined ? undefined : { blocked }),
      })
    },
  }
  delivery.onException = () => {
    if (delivery.dead || delivery.ended !== undefined) return
    kill(delivery)
    end({ ok: 'died' })
  }
  hear(running, timers)
  delivery.onSuspend = (suspension) => {
    // The worker freezes as a whole: every probe of it has to hold.
    armAll()
    overtake({ ok: 'suspended', suspension })
  }
  timeoutTimer = timeOut(running, overtake)
  running.watch(blocked)
  perform(running, end)
  return running
}

function perform(running: Running, end: (ended: Ended) => void): void {
  giveUpTheDead(running, end)
  const { session, claim, delivery, port, signal } = running
  const { clock } = session
  const context = { clock, random: session.randomFor(`${claim.id}/${claim.delivery}`), delivery }
  execution
    .run(context, () => port.run(claim, signal))
    .then(
      (result) => end({ ok: true, result }),
      (error) => end({ ok: false, error }),
    )
}

/** A promise that the code of a dead delivery would have settled is pending for ever: nobody waits for that. */
function giveUpTheDead(running: Running, end: (ended: Ended) => void): void {
  const { delivery, session, first } = running
  const { clock } = session
  let isOver = false
  void first.then(() => {
    isOver = true
  })
  delivery.onDeath = () =>
    afterTurn(() => {
      running.outlived = true
      if (isOver || clock.gate !== undefined) return
      void clock.still().then((still) => still && end({ ok: 'gone' }))
    })
}

/** The attempt is failed when its time is up; its code runs on. */
function timeOut({ session, claim, signal }: Running, overtake: (ended: Ended) => void): object | undefined {
  if (claim.timeoutMs === undefined) return undefined
  const pass = (): void => {
    signal.abort(timeoutError(claim))
    overtake({ ok: 'timedOut' })
  }
  return session.clock.setTimer(pass, claim.timeoutMs, false)
}

/** An interruption aborts the signal; past its grace the worker is killed. */
function hear(running: Running, timers: object[]): void {
  const { session, claim, delivery, signal } = running
  delivery.onInterrupt = (graceMs) => {
    running.interrupted = new DOMException('The worker is asked to stop', 'AbortError')
    signal.abort(running.interrupted)
    session.note('interrupted', claim, `${graceMs} ms to finish`)
    timers.push(session.clock.setTimer(() => kill(delivery), graceMs, false))
  }
}

function kill(delivery: Delivery): void {
  armAll()
  delivery.die()
}

/** Loading code is no part of the delivery: it is what the worker's process did when it started. */
function loaderOf(session: Session, { name }: Claim): RunExtras['load'] {
  const { workerName, clock } = session
  const { memory } = session.options
  if (memory === undefined) return undefined
  const context = { clock, random: session.randomFor(`load/${workerName}`) }
  return (load) => execution.run(context, () => memory.load(workerName, name, load))
}

/** A signal that is only made when somebody looks at it. */
export class LazySignal implements RunExtras {
  declare readonly load?: RunExtras['load']
  #controller: AbortController | undefined

  constructor(load: RunExtras['load']) {
    if (load !== undefined) this.load = load
  }

  get signal(): AbortSignal {
    return (this.#controller ??= new AbortController()).signal
  }

  abort(reason: unknown): void {
    ;(this.#controller ??= new AbortController()).abort(reason)
  }
}
