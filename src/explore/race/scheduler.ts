import { afterTurn, type Delivery } from '../../runtime/index.ts'
import type { Chooser, Decisions } from '../strategies/strategy.ts'
import { type Branch, earlier } from './branch.ts'
import { Deadlock } from './deadlock.ts'
import { Lookout, type Patience } from './lookout.ts'
import { endless } from './race-errors.ts'
import type { RaceHost } from './race-host.ts'
import type { Held, Racer } from './racer.ts'
import { readiness } from './readiness.ts'

/** Steps of one race. */
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
export class Scheduler {
  readonly decisions: Decisions = { chosen: [], ready: [], free: [] }
  readonly deadlock: Deadlock = new Deadlock(this.decisions)
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
  /** Whoever was set aside and can go on now is waited for. */
  #settling = false
  /** Nobody can go on. */
  idle = false
  /** How often in a row time has passed for one and the same racer. */
  #naps = 0

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
    this.#end.promise.catch(() => {}) // It may be cancelled before anybody awaits it.
    this.#byWorker = new Map(racers.map((racer) => [racer.worker, racer]))
  }

  /** Runs the race to its end. */
  async run(): Promise<void> {
    try {
      this.#decide()
      await this.#end.promise
    } finally {
      this.#over = true
      for (const racer of this.racers) this.#letGo(racer)
    }
  }

  /** From time to time: whether somebody waits for somebody. */
  look(): void {
    if (!this.#over) this.#lookout.look()
  }

  /** A delivery has enqueued a job. */
  enqueued(): void {
    this.#adopting = true
  }

  /** A timer is about to fire by itself: whoever waits for it is asleep, and can be chosen. */
  mayFire(): boolean {
    if (this.#passing || this.#over) return true
    const racer = this.running
    if (racer !== undefined && racer.parked.length === 0 && this.#host.wakesAtMs(racer) !== undefined) {
      racer.asleep = true
      queueMicrotask(() => this.stepOver(racer))
    }
    return false
  }

  /** The delivery of a racer has ended, and the queue knows. */
  delivered(racer: Racer): void {
    racer.asleep = false
    racer.waking = false
    racer.blocked = undefined
    this.events++
    if (racer === this.running) this.stepOver(racer)
    else if (this.running === undefined) this.#settle()
  }

  /** It waits for another one: the others go on without it. */
  block(racer: Racer, wait: Held): void {
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

  /** Whose delivery it is; `undefined`: it is not held any more. */
  racerOf(delivery: Delivery): Racer | undefined {
    const racer = this.#byWorker.get(delivery.identity.worker) ?? this.running
    return racer === undefined || racer.ended || this.#over ? undefined : racer
  }

  /** A branch ends that nothing was decided about. */
  left(racer: Racer): void {
    this.events++
    if (racer === this.running) this.#check(racer)
  }

  /** What a branch awaited has settled: it is held until it is chosen. */
  park(racer: Racer, branch: Branch): void {
    if (this.#over || racer.ended || branch.delivery.dead) {
      branch.goOn()
      return
    }
    this.events++
    branch.step = this.decisions.chosen.length
    racer.parked.push(branch)
    if (racer === this.running) this.#check(racer)
    else if (racer.blocked !== undefined || racer.asleep) this.#woken(racer)
  }

  /** What it waited for has come while it was set aside. */
  #woken(racer: Racer): void {
    if (!racer.isStill) return
    racer.asleep = false
    racer.blocked = undefined
    if (this.running === undefined) this.#settle()
  }

  /** Whether the step of the racer that runs is over. */
  #check(racer: Racer): void {
    if (!racer.isStill) return
    if (racer.waking) {
      this.#wake(racer)
      return
    }
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
    const adopted = this.#adopting ? this.#host.adopt(racer) : undefined
    this.#adopting = false
    this.#settle(adopted)
  }

  /** Another decision, once everybody who can go on is there. */
  #settle(adopted?: Promise<void>): void {
    if (this.#settling) return
    const anyBlocked = this.racers.some(isAside)
    if (adopted === undefined && !anyBlocked) {
      this.#decide()
      return
    }
    this.#settling = true
    this.idle = false
    Promise.resolve(adopted)
      .then(() => (anyBlocked ? this.#lookout.settle() : undefined))
      .then(
        () => {
          this.#settling = false
          this.#decide()
        },
        (error) => this.fail(error),
      )
  }

  #decide(): void {
    if (this.#over || this.#settling || this.running !== undefined) return
    if (this.endIfAborted()) return
    const { ready, free, isOver } = readiness(this.racers, this.#host, this.#naps)
    if (isOver) {
      this.#over = true
      this.#end.resolve()
      return
    }
    if (ready === 0) {
      this.#idle()
      return
    }
    this.idle = false
    const { chosen } = this.decisions
    if (chosen.length >= stepsMax) {
      this.fail(endless(stepsMax))
      return
    }
    const last = chosen.at(-1) ?? -1
    const running = last >= 0 && free & (1 << last) ? last : -1
    const next = this.#choose(ready, running, chosen.length, free)
    if (next !== last) this.#naps = 0
    chosen.push(next)
    this.decisions.ready.push(ready)
    this.decisions.free.push(free)
    this.#grant(this.racers[next]!)
  }

  #grant(racer: Racer): void {
    this.running = racer
    this.events++
    if (racer.parked.length > 0) this.#goOn(racer)
    else if (racer.asleep) {
      this.#naps++
      racer.asleep = false
      racer.waking = true
      this.#pass(true)
    } else {
      if (racer.dueMs > 0) this.#naps++
      racer.waiting = false
      this.#host.start(racer)
    }
  }

  /** It was chosen while it slept: it goes on in the same step. */
  #wake(racer: Racer): void {
    racer.waking = false
    this.#pass(false)
    this.#goOn(racer)
  }

  #goOn(racer: Racer): void {
    racer.several = racer.parked.length > 1
    if (racer.several) racer.parked.sort(earlier)
    racer.parked.shift()!.goOn()
    // A branch may end and say nothing.
    if (racer.several) this.#check(racer)
  }

  #pass(passes: boolean): void {
    this.#passing = passes
    this.#host.letTimePass(passes)
  }

  /** Nobody can go on: time passes, or somebody who was set aside comes back. */
  #idle(): void {
    this.idle = true
    this.events++
    if (!this.#passing && this.#host.hasTimers) this.#pass(true)
  }

  #letGo(racer: Racer): void {
    for (const branch of racer.parked.splice(0)) branch.goOn()
    racer.pending.length = 0
  }
}

function isAside({ blocked, ended }: Racer): boolean {
  return blocked !== undefined && !ended
}
