import { FaultlineError } from '../../model/error.ts'
import { type Activation, afterTurn, type Delivery, type PauseHost } from '../../runtime/index.ts'
import type { Chooser } from '../strategies/strategy.ts'
import { type Branch, earlier } from './branch.ts'
import { Lookout, type Patience } from './lookout.ts'
import type { Decisions, RaceHost } from './race-host.ts'
import type { Racer, Wait } from './racer.ts'

/** Steps of one race before it counts as a runaway. */
const stepsMax = 100_000

/**
 * Lets one delivery run at a time: each is held where a decision is taken, and goes on when it is chosen. A step
 * ends when all that its delivery awaits has settled.
 *
 * ```text
 * decide ──▶ go on ──▶ … code, I/O … ──▶ held again, or ended ──▶ decide
 *                          └─ waits for another delivery: set aside ──▶ decide
 * ```
 */
export class Scheduler implements PauseHost {
  readonly decisions: Decisions = { chosen: [], ready: [] }
  /** All set aside, and nobody can go on: who waits for whom. */
  deadlock: ReadonlyMap<Racer, Wait> | undefined
  readonly racers: readonly Racer[]
  readonly #host: RaceHost
  readonly #choose: Chooser
  readonly #lookout: Lookout
  readonly #signal: AbortSignal | undefined
  readonly #end = Promise.withResolvers<void>()
  readonly #byWorker: Map<string, Racer>
  /** Who makes a step now. */
  running: Racer | undefined
  #over = false
  /** Grows with everything that happens. */
  events = 0
  #adopting = false
  #passing = false

  constructor(
    racers: readonly Racer[],
    host: RaceHost,
    choose: Chooser,
    patience: Patience,
    signal: AbortSignal | undefined,
  ) {
    this.racers = racers
    this.#host = host
    this.#choose = choose
    this.#lookout = new Lookout(this, host, patience)
    this.#signal = signal
    this.#byWorker = new Map(racers.map((racer) => [racer.worker, racer]))
  }

  /** Runs the race to its end. */
  async run(): Promise<void> {
    const stop = this.#lookout.start()
    try {
      this.#decide()
      await this.#end.promise
    } finally {
      stop()
      this.#over = true
      for (const racer of this.racers) this.#letGo(racer)
    }
  }

  awaiting(delivery: Delivery, activation: Activation, awaited: unknown, last: boolean): unknown {
    const racer = this.#racerOf(delivery)
    if (racer === undefined || racer.ended || this.#over) return awaited
    // The end of a delivery's own function is the end of the delivery.
    if (last && racer.pending.length === 0) return awaited
    const branch: Branch = { delivery, activation, step: 0 }
    racer.pending.push(branch)
    const promise = awaited instanceof Promise ? awaited : Promise.resolve(awaited)
    if (last) {
      const settled = (): void => this.#leave(racer, branch)
      promise.then(settled, settled)
      return promise
    }
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => this.#settled(racer, branch, () => resolve(value)),
        (reason) => this.#settled(racer, branch, () => reject(reason)),
      )
    })
  }

  reached(delivery: Delivery, activation: Activation): Promise<unknown> | undefined {
    const racer = this.#racerOf(delivery)
    if (racer === undefined || racer.ended || this.#over) return undefined
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#park(racer, { delivery, activation, step: 0 }, resolve)
    return promise
  }

  enqueued(): void {
    this.#adopting = true
  }

  /** A timer is about to fire by itself: whoever waits for it is asleep, and can be chosen. */
  mayFire(): boolean {
    if (this.#passing || this.#over) return true
    const racer = this.running
    if (racer !== undefined && racer.parked.length === 0 && this.#host.isTimed(racer)) {
      racer.asleep = true
      queueMicrotask(() => this.stepOver(racer))
    }
    return false
  }

  /** The delivery of a racer has ended, and the queue knows. */
  delivered(racer: Racer): void {
    racer.asleep = false
    this.#unblock(racer)
    this.events++
    if (racer === this.running) this.stepOver(racer)
    else if (this.running === undefined) this.#decide()
  }

  /** It waits for another one: the others go on without it. */
  block(racer: Racer, wait: Wait): void {
    if (racer !== this.running) return
    racer.blocked = wait
    this.#host.setAside(racer, wait)
    this.stepOver(racer)
  }

  /** Lets the clock ask again whether a timer may fire. */
  askClock(): void {
    this.#host.letTimePass(this.#passing)
  }

  /** Ends the race at once. */
  fail(error: unknown): void {
    this.#end.reject(error)
  }

  #racerOf(delivery: Delivery): Racer | undefined {
    return this.#byWorker.get(delivery.identity.worker) ?? this.running
  }

  #leave(racer: Racer, branch: Branch): void {
    const at = racer.pending.indexOf(branch)
    if (at >= 0) racer.pending.splice(at, 1)
    this.events++
    if (racer === this.running) this.#check(racer)
  }

  #settled(racer: Racer, branch: Branch, goOn: () => void): void {
    const at = racer.pending.indexOf(branch)
    if (at >= 0) racer.pending.splice(at, 1)
    this.#park(racer, branch, goOn)
  }

  #park(racer: Racer, branch: Branch, goOn: () => void): void {
    if (this.#over || racer.ended || branch.delivery.dead) {
      goOn()
      return
    }
    this.events++
    branch.goOn = goOn
    branch.step = this.decisions.chosen.length
    racer.parked.push(branch)
    if (racer === this.running) this.#check(racer)
    else if (racer.blocked !== undefined || racer.asleep) this.#woken(racer)
  }

  /** What it waited for has come while it was set aside. */
  #woken(racer: Racer): void {
    if (!racer.isStill) return
    racer.asleep = false
    this.#unblock(racer)
    if (this.running === undefined) this.#decide()
  }

  #unblock(racer: Racer): void {
    if (racer.blocked === undefined) return
    racer.blocked = undefined
    this.#host.resumed(racer)
  }

  /** Whether the step of the racer that runs is over. */
  #check(racer: Racer): void {
    if (!racer.isStill) return
    if (racer.parked.length === 1 && !racer.several) {
      this.stepOver(racer)
      return
    }
    const events = this.events
    const isOver = (): boolean =>
      events === this.events && racer === this.running && !this.#over && racer.isStill
    afterTurn(() => {
      if (!isOver()) return
      afterTurn(() => {
        if (isOver()) this.stepOver(racer)
      })
    })
  }

  /** Whether the user has cancelled the race. */
  endIfAborted(): boolean {
    if (!this.#signal?.aborted) return false
    this.fail(this.#signal.reason)
    return true
  }

  /** The step of the racer is over: another decision. */
  stepOver(racer: Racer): void {
    if (racer !== this.running || this.#over) return
    this.running = undefined
    if (this.#passing) this.#pass(false)
    if (!this.#adopting) {
      this.#decide()
      return
    }
    this.#adopting = false
    this.#host.adopt(racer).then(
      () => this.#decide(),
      (error) => this.fail(error),
    )
  }

  #decide(): void {
    if (this.#over || this.running !== undefined) return
    if (this.endIfAborted()) return
    let ready = 0
    let left = false
    for (const racer of this.racers) {
      if (racer.isReady) ready |= 1 << racer.index
      left ||= !(racer.ended || racer.absent)
    }
    if (!left) {
      this.#over = true
      this.#end.resolve()
      return
    }
    if (ready === 0) {
      this.#idle()
      return
    }
    const { chosen } = this.decisions
    if (chosen.length >= stepsMax) {
      this.fail(endless())
      return
    }
    const last = chosen.at(-1) ?? -1
    const running = last >= 0 && ready & (1 << last) ? last : -1
    const next = this.#choose(ready, running, chosen.length)
    chosen.push(next)
    this.decisions.ready.push(ready)
    this.#grant(this.racers[next]!)
  }

  #grant(racer: Racer): void {
    this.running = racer
    this.events++
    if (racer.parked.length > 0) {
      racer.several = racer.parked.length > 1
      if (racer.several) racer.parked.sort(earlier)
      racer.parked.shift()!.goOn!()
      // A branch may end and say nothing.
      if (racer.several) this.#check(racer)
    } else if (racer.asleep) {
      racer.asleep = false
      this.#pass(true)
    } else {
      racer.waiting = false
      this.#host.start(racer)
    }
  }

  #pass(passes: boolean): void {
    this.#passing = passes
    this.#host.letTimePass(passes)
  }

  /** Nobody can go on: time passes, or somebody who was set aside comes back. */
  #idle(): void {
    if (!this.#passing && this.#host.hasTimers) this.#pass(true)
  }

  #letGo(racer: Racer): void {
    for (const branch of racer.parked.splice(0)) branch.goOn!()
    racer.pending.length = 0
  }
}

function endless(): FaultlineError {
  return new FaultlineError('FAULTLINE_RUNAWAY', {
    message: `The race never ends: more than ${stepsMax} steps.`,
    hint: 'A job that loops for ever, or polls without a sleep, cannot be raced; race a smaller piece of work.',
  })
}
