import type { ContextClock, ContextDelivery, EnqueuedJob } from '../model/context.ts'
import { Activation, type CodePlace } from './activation.ts'
import { armAll } from './arming.ts'
import { type CallSite, callSite } from './call-site.ts'
import { CrashSignal } from './crash-signal.ts'
import { endlessPoll } from './endless-poll.ts'
import type { Mode } from './mode.ts'
import { type FileRecord, shared } from './shared.ts'
import { stuckAt } from './suspended.ts'

// A test may fake it.
const { nextTick } = process

/** Virtual timers that fire in one delivery before it counts as a runaway. */
export const timersMax = 10_000

/** What a delivery is of, and who performs it. */
export interface DeliveryIdentity {
  readonly jobId: string
  readonly name: string
  /** 1-based: the how-many-th delivery of the job. */
  readonly ordinal: number
  readonly worker: string
  /** `dead`: the job's `onDead`. Default `perform`. */
  readonly part?: 'perform' | 'dead'
}

/** What happens to a delivery whose code is held. */
export interface Suspension {
  readonly how: 'stalled' | 'timedOut'
  readonly order?: 'retry-first' | 'old-first'
}

/** A place that was reached after the delivery's promise had settled. */
export interface LateReach {
  readonly file: FileRecord
  readonly index: number
  /** Where that was set going without being awaited, as far as it is known. */
  readonly started?: CodePlace
}

/** A rejection that a `catch` did not see, since the promise was returned without `await`. */
export interface Bypassed extends CodePlace {
  readonly error: unknown
}

/** A virtual timer, as far as its delivery looks at it. */
interface OwnTimer {
  /** It goes on firing until it is cleared. */
  readonly beats: boolean
  readonly dueMs: number
  hasRef(): boolean
}

/** Who performs a delivery, and is told what happens to it. */
export interface DeliveryHost {
  /** Told once, when it dies. */
  died(): void
  /** Something was thrown in it where nothing could catch it: in production the process ends there. */
  threw(): void
  /** How the queue sees the worker meanwhile. */
  suspended(how: Suspension): void
  /** The worker is asked to stop. */
  interrupt(graceMs: number): void
  /** It enqueued a job. */
  enqueued(name: string, id?: string): void
  /** The job that it has just enqueued starts on another worker. */
  startEager(jobId: string): Promise<void>
}

/**
 * One delivery while it runs: what the probes of its code ask, by async context.
 *
 * ```text
 * running ──▶ fulfilled | rejected      (its perform promise settled; code that still runs is late)
 *    └──────▶ dead                      (crashed: every further probe throws)
 * ```
 */
export class Delivery implements ContextDelivery {
  readonly identity: DeliveryIdentity
  readonly mode: Mode
  readonly clock: ContextClock
  /** The engine; absent where nobody performs it, but watches. */
  host: DeliveryHost | undefined
  /** Activations that were called and have not returned; those that threw are still in it. */
  readonly open: Activation[] = []
  readonly root: Activation
  ended: 'fulfilled' | 'rejected' | undefined
  death: CrashSignal | undefined
  /** It died without unwinding: its async functions are held for ever instead of throwing. */
  abandoned = false
  /** The library that its death unwound: in a real one nothing of it runs. */
  unwound: string | undefined
  /** A mistake in the use of Faultline that surfaced inside: ends the run. */
  fatal: Error | undefined
  /** The queue delivers it once more after it was settled. */
  duplicated = false
  /** It was suspended and nobody has woken it yet: none of its async code goes on. */
  asleep = false
  /** The next job that it enqueues and that is due starts before `enqueue` returns. */
  eager = false
  /** Others that are due with it start before it; while it runs: with the next that could be put off. */
  postponed = false
  late: LateReach | undefined
  /** It failed, and since this time its job goes on without it: the next delivery has started, or the job is dead. */
  leftMs: number | undefined
  /** A timer fires that it had left behind: what runs until that is through runs on beside its job. */
  runsOn = false
  overlap: LateReach | undefined
  /** What it enqueued after it had ended, and where. */
  lateJobs: { readonly id: string; readonly site: CallSite | undefined }[] | undefined
  /** Where it went round and round, or slept, until it was given up. */
  stuckAt: CodePlace | undefined
  /** Rejections that left through a `return` of a promise in a `try`, past its `catch`; seen where a run is recorded. */
  bypassed: Bypassed[] | undefined
  /** What was rejected in it and never handled. */
  rejections: unknown[] | undefined
  /** What was thrown in it where nothing could catch it: in a timer, in a handler of an event. */
  exceptions: unknown[] | undefined
  /** Told of each of both, where somebody has judged the run already. */
  onTrouble: (() => void) | undefined
  /** The error that a fault threw into it. */
  injected: { readonly error: unknown } | undefined
  /** Awaits so far; bounded, so that a loop that never yields ends. */
  awaits = 0
  readonly #startMs: number
  #timersFired = 0
  #timers: OwnTimer[] | undefined
  /** Where they were set, where a run is recorded. */
  #setAt: Map<object, CodePlace> | undefined
  /** Those that it had set when it failed; later ones may come late only because real I/O took its time. */
  #leftover: Set<OwnTimer> | undefined
  #sleep: PromiseWithResolvers<void> | undefined

  constructor(identity: DeliveryIdentity, mode: Mode, clock: ContextClock) {
    this.identity = identity
    this.mode = mode
    this.clock = clock
    this.#startMs = clock.nowMs()
    this.root = new Activation(this, undefined, 0)
  }

  get dead(): boolean {
    return this.death !== undefined
  }

  /** The worker process dies here. The caller throws what this returns. */
  die(): CrashSignal {
    this.death = new CrashSignal(this.identity)
    if (this.#timers !== undefined) for (const timer of this.#timers) this.clock.clearTimer(timer)
    this.host?.died()
    return this.death
  }

  /**
   * Holds the code that awaits this until the engine wakes it: a frozen worker, an attempt that is overtaken. The
   * queue gives it up once: to freeze again while it sleeps is nothing new, and later it takes no time.
   */
  suspend(how: Suspension['how'], order?: Suspension['order']): Promise<void> {
    if (this.#sleep === undefined) {
      this.#sleep = Promise.withResolvers()
      this.asleep = true
      this.host?.suspended(order === undefined ? { how } : { how, order })
    }
    return this.#sleep.promise
  }

  /** It was suspended once. */
  get wasHeld(): boolean {
    return this.#sleep !== undefined
  }

  /** Until it is woken. */
  get sleep(): Promise<void> {
    return this.#sleep?.promise ?? Promise.resolve()
  }

  /** Lets the suspended code go on. */
  wake(): void {
    this.asleep = false
    this.#sleep?.resolve()
  }

  /** The worker is asked to stop. */
  interrupt(graceMs: number): void {
    this.host?.interrupt(graceMs)
  }

  ownTimer(timer: OwnTimer): void {
    this.#timers ??= []
    this.#timers.push(timer)
    const { current } = shared
    const { last } = current !== undefined && current.delivery === this ? current : this.root
    if (last === undefined) return
    this.#setAt ??= new Map()
    this.#setAt.set(timer, last)
  }

  /** It was rejected, and its own code is to blame for what runs on. */
  fail(): void {
    if (this.#timers !== undefined) this.#leftover = new Set(this.#timers)
  }

  /** Its job goes on without it, where it failed. */
  leave(): void {
    if (this.#leftover !== undefined) this.leftMs ??= this.clock.nowMs()
  }

  /** It failed and was left, and an interval that it did not clear has not fired since. */
  get willBeat(): boolean {
    if (this.leftMs === undefined || this.#leftover === undefined) return false
    for (const timer of this.#leftover) if (timer.beats) return true
    return false
  }

  /** Bounded, so that a poll ends that sleeps for ever: virtual sleeps cost no time at which it would hang. */
  timerFired(timer: OwnTimer): void {
    const setAt = this.#setAt?.get(timer)
    // What the timer calls was set going there.
    if (setAt !== undefined) this.root.last = setAt
    this.#leftoverFired(timer)
    if (this.death !== undefined || this.ended !== undefined || ++this.#timersFired < timersMax) return
    this.stuckAt ??= stuckAt(this)
    this.fatal ??= endlessPoll(this, timersMax, this.clock.nowMs() - this.#startMs)
    if (this.host === undefined) this.die()
    else this.host.threw()
  }

  #leftoverFired(timer: OwnTimer): void {
    if (this.leftMs === undefined || this.#leftover?.delete(timer) !== true) return
    // One that keeps no process alive may serve all that the process does.
    if (!timer.hasRef() || timer.dueMs <= this.leftMs) return
    this.runsOn = true
    armAll()
    // Timers fire in microtasks: it comes after all that this one sets going at once.
    nextTick(() => {
      this.runsOn = false
    })
  }

  enqueuePoint(name: string, when: 'before'): void
  enqueuePoint(name: string, when: 'after', enqueued?: EnqueuedJob): Promise<void> | undefined
  enqueuePoint(name: string, when: 'before' | 'after', enqueued?: EnqueuedJob): Promise<void> | undefined {
    if (this.death !== undefined) throw this.death
    if (when === 'after') this.host?.enqueued(name, enqueued?.id)
    if (this.ended !== undefined) {
      if (enqueued !== undefined) (this.lateJobs ??= []).push({ id: enqueued.id, site: callSite() })
      return undefined
    }
    this.mode.reachQueue?.(this, 'enqueue', `${when}-enqueue:${name}`, enqueued?.dueNow)
    if (!this.eager || enqueued?.dueNow !== true) return undefined
    this.eager = false
    return this.host?.startEager(enqueued.id)
  }

  opened(activation: Activation): void {
    activation.slot = this.open.push(activation) - 1
  }

  closed(activation: Activation): void {
    const { slot } = activation
    if (slot < 0) return
    const last = this.open.pop()!
    if (last !== activation) {
      this.open[slot] = last
      last.slot = slot
    }
    activation.slot = -1
  }
}
