import { execution, soonWithin } from '../model/context.ts'
import type { Claim, Ending, QueueAdapter, RunExtras } from '../queue/port.ts'
import {
  after,
  afterTurn,
  armAll,
  callSite,
  type Delivery,
  type DeliveryHost,
  type Suspension,
} from '../runtime/index.ts'
import { EagerJobs } from './eager.ts'
import type { Session } from './session.ts'
import { thaw } from './suspended.ts'
import { timeoutError } from './timeout-error.ts'

/** The part of a queue that performing one claim needs. */
export type DeliveryPort = Pick<QueueAdapter, 'run' | 'settle' | 'expire'>

/** Real time between two looks whether it waits for a frozen one. */
const lookAgainMs = 5

/** How the code of a delivery ended, or why nobody waits for it any more. */
export type Ended =
  | Ending
  | { readonly ok: 'hung' | 'unwound' | 'gone' | 'died' | 'timedOut' | 'aborted' }
  | { readonly ok: 'suspended'; readonly suspension: Suspension }

/** Performs a claim to its end; see `deliver.ts`. */
type Deliver = (session: Session, claim: Claim, port: DeliveryPort, blocked: () => boolean) => Promise<void>

/**
 * A delivery whose code was started.
 *
 * Its methods are what the delivery tells it. They are no functions in properties of the delivery: V8 takes a function
 * literal that is assigned to a property for a method and puts it where only a full collection finds it, with all
 * that it reaches.
 */
export class Running implements DeliveryHost {
  readonly session: Session
  readonly claim: Claim
  readonly port: DeliveryPort
  readonly delivery: Delivery
  readonly worker: string
  readonly signal: LazySignal
  /** It was asked to stop, with this reason. */
  interrupted: Error | undefined
  /** It died, and a turn of the event loop passed since. */
  outlived = false
  /** The queue was told of its end before it came: an attempt that was overtaken. */
  settled = false
  /** Jobs that started on other workers while it ran. */
  eager: EagerJobs | undefined
  /** Frozen ones that it may have waited for: they run on with it. */
  woken: Running[] | undefined
  readonly #first = Promise.withResolvers<Ended>()
  #last: PromiseWithResolvers<Ended> | undefined
  #ended: Ended | undefined
  #isOver = false
  #graces: object[] | undefined
  #timeout: object | undefined
  #unwatch: (() => void) | undefined
  #letGo: (() => void) | undefined
  readonly #deliver: Deliver
  readonly #blocked: (() => boolean) | undefined

  /** `deliver` performs what starts beside it; `blocked` is asked when it makes no progress for a while. */
  constructor(
    session: Session,
    claim: Claim,
    delivery: Delivery,
    port: DeliveryPort,
    deliver: Deliver,
    blocked: (() => boolean) | undefined,
  ) {
    this.session = session
    this.claim = claim
    this.port = port
    this.delivery = delivery
    this.worker = session.workerName
    this.signal = new LazySignal(loaderOf(session, claim))
    this.#deliver = deliver
    this.#blocked = blocked
    delivery.host = this
  }

  /** Its end, or that it was suspended. */
  get first(): Promise<Ended> {
    return this.#first.promise
  }

  /** Its end; after a suspension, once it was woken. */
  get last(): Promise<Ended> {
    this.#last ??= Promise.withResolvers()
    if (this.#ended !== undefined) this.#last.resolve(this.#ended)
    return this.#last.promise
  }

  /** Starts its code. */
  start(): void {
    const { session, claim, delivery, port, signal } = this
    const { clock } = session
    this.#timeout = timeOut(this)
    this.watch(() => this.#thaws())
    const context = { clock, random: session.randomFor(`${claim.id}/${claim.delivery}`), delivery }
    soonWithin(context, () => port.run(claim, signal)).then(
      (result) => this.end({ ok: true, result }),
      (error) => this.end({ ok: false, error }),
    )
  }

  /** Lets the watchdog give up on it; `blocked` is asked when it makes no progress for a while. */
  watch(blocked: () => boolean): void {
    if (this.#ended !== undefined) return
    const { delivery, session } = this
    this.#letGo ??= session.clock.hold()
    this.#unwatch = session.options.watchdog?.watch({ delivery, blocked, give: (ok) => this.end({ ok }) })
    if (session.suspended.length > 0 || delivery.wasHeld) void this.#whereStill(blocked)
  }

  /**
   * Beside a frozen one, or woken itself: where it is known for certain that nothing happens any more by itself, nobody
   * needs to wait for the watchdog.
   */
  async #whereStill(blocked: () => boolean): Promise<void> {
    const { delivery, session } = this
    const { clock } = session
    if (session.options.watchdog === undefined || clock.gate !== undefined) return
    const unwatch = this.#unwatch
    while (this.#unwatch === unwatch && !delivery.dead) {
      const still = await clock.still()
      if (this.#unwatch !== unwatch || delivery.dead) return
      if (still && !blocked()) {
        if (delivery.wasHeld) this.end({ ok: 'hung' })
        return
      }
      await new Promise<void>((resolve) => void after(lookAgainMs, resolve))
    }
  }

  end(ended: Ended): void {
    const { clock } = this.session
    this.#ended ??= ended
    this.#isOver = true
    if (this.#graces !== undefined) for (const timer of this.#graces) clock.clearTimer(timer)
    this.#release()
    this.#first.resolve(ended)
    this.#last?.resolve(ended)
  }

  /** What the queue makes of it is decided already; its code is awaited to its end later. */
  overtake(ended: Ended): void {
    this.#isOver = true
    this.#release()
    this.#first.resolve(ended)
  }

  #release(): void {
    this.session.clock.clearTimer(this.#timeout)
    this.#unwatch?.()
    this.#unwatch = undefined
    this.#letGo?.()
    this.#letGo = undefined
  }

  #thaws(): boolean {
    const woken = thaw(this.session)
    if (woken.length > 0) this.woken = [...(this.woken ?? []), ...woken]
    return this.woken !== undefined || this.#blocked?.() === true
  }

  enqueued(name: string, id?: string): void {
    const { session, claim, worker } = this
    session.note('enqueued', claim, name, undefined, worker)
    if (id !== undefined) session.enqueuedAt?.set(id, callSite())
  }

  startEager(jobId: string): Promise<void> {
    const { session } = this
    this.eager ??= new EagerJobs(session, (claim, blocked) =>
      this.#deliver(session, claim, session.queue, blocked),
    )
    return this.eager.start(this.delivery, jobId)
  }

  suspended(suspension: Suspension): void {
    // The worker freezes as a whole: every probe of it has to hold.
    armAll()
    this.overtake({ ok: 'suspended', suspension })
  }

  /** An interruption aborts the signal; past its grace the worker is killed. */
  interrupt(graceMs: number): void {
    const { session, claim, delivery, signal } = this
    this.interrupted = new DOMException('The worker is asked to stop', 'AbortError')
    signal.abort(this.interrupted)
    session.note('interrupted', claim, `${graceMs} ms to finish`)
    this.#graces ??= []
    this.#graces.push(session.clock.setTimer(() => kill(delivery), graceMs, false))
  }

  threw(): void {
    const { delivery } = this
    if (delivery.dead || delivery.ended !== undefined) return
    kill(delivery)
    this.end({ ok: 'died' })
  }

  /** A promise that the code of a dead delivery would have settled is pending for ever: nobody waits for that. */
  died(): void {
    const { clock } = this.session
    afterTurn(() => {
      this.outlived = true
      if (this.#isOver || clock.gate !== undefined) return
      void clock.still().then((still) => still && this.end({ ok: 'gone' }))
    })
  }
}

/** The attempt is failed when its time is up; its code runs on. */
function timeOut(running: Running): object | undefined {
  const { session, claim, signal } = running
  if (claim.timeoutMs === undefined) return undefined
  const pass = (): void => {
    signal.abort(timeoutError(claim))
    running.overtake({ ok: 'timedOut' })
  }
  return session.clock.setTimer(pass, claim.timeoutMs, false)
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
