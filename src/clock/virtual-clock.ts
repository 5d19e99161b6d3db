import type { ContextClock } from '../model/context.ts'
import { Quiet } from './quiet.ts'
import { outsideContexts, real } from './real.ts'
import { TimerClock } from './timer-clock.ts'
import { type TimerHost, VirtualTimer, virtualTimerOf } from './virtual-timer.ts'

/** Virtual time as a queue keeps it; see `queue/port.ts`. */
export interface ClockTime {
  nowMs(): number
  advanceTo(ms: number): void | Promise<void>
}

/** Timers that fire in one jump of time; the rest of it is one leap. */
const jumpMax = 1_000
/** Of these, beats of one interval: a heartbeat of seconds must not beat for a month. */
const beatsMax = 100

/** How a {@link VirtualClock} tells that nothing is going on in the real world. */
export interface VirtualClockOptions {
  /** Real milliseconds without progress after which a virtual timer fires; default 20. */
  readonly idleMs?: number
  /** Real milliseconds after which a silent operation counts as hung and time goes on; default 1000. */
  readonly ioSilenceMs?: number
  /** A number that grows with every progress of first-party code; beside {@link VirtualClock.progress}. */
  readonly activity?: () => number
}

/**
 * Virtual time for the code of one run. The queue's time is the truth; this adds timers to it. While timers
 * are pending, a pump waits until nothing is going on in the real world, moves time to the earliest of them,
 * fires it, and looks again.
 *
 * @example
 * ```ts
 * const clock = new VirtualClock(queue.time)
 * clock.setTimer(() => console.log('an hour later, at once'), 3_600_000, false)
 * ```
 */
export class VirtualClock implements ContextClock {
  readonly startMs: number
  /** Time went on although a real operation had not answered: a verdict may depend on real timing. */
  timingReal = false
  /** Asked before a timer fires by itself; where it says no, none does until {@link letPass}. */
  gate: { mayFire(): boolean } | undefined
  readonly #time: ClockTime
  readonly #options: VirtualClockOptions | undefined
  readonly #timers: TimerClock = new TimerClock()
  readonly #host: TimerHost = {
    schedule: (timer) => this.#schedule(timer),
    remove: (timer) => this.#timers.remove(timer),
  }
  #quiet: Quiet | undefined
  #progress = 0
  #pumping = false
  #advancing = 0
  #holders = 0
  #shut = false
  #isAwaited: (timer: VirtualTimer) => boolean = anyTimer
  #lingering: Set<VirtualTimer> | undefined

  constructor(time: ClockTime, options?: VirtualClockOptions) {
    this.#time = time
    this.#options = options
    this.startMs = time.nowMs()
  }

  /** Whether a virtual timer is pending. */
  get hasTimers(): boolean {
    return this.#timers.first() !== undefined
  }

  /** Whether a virtual timer is pending that will fire by itself. */
  get willFire(): boolean {
    return this.#mayFire()
  }

  nowMs(): number {
    return this.#time.nowMs()
  }

  /** Something happened in first-party code or in an operation that it waits for: no timer may fire yet. */
  progress(): void {
    this.#progress++
  }

  /**
   * Calls back once virtual time has moved on by `delayMs` (milliseconds), in the async context of the caller.
   * A timer that was set in a delivery dies with it.
   */
  setTimer(callback: () => void, delayMs: number, repeat: boolean): VirtualTimer {
    return new VirtualTimer(
      this.#host,
      callback,
      repeat ? Math.max(1, delayMs) : Math.max(0, delayMs),
      repeat,
    )
  }

  clearTimer(timer: unknown): void {
    virtualTimerOf(timer)?.close()
  }

  /** Moves virtual time forward to `ms` (since the epoch) and fires what is due on the way, in order. */
  async advanceTo(ms: number): Promise<void> {
    this.#advancing++
    const beats = new Map<VirtualTimer, number>()
    let fired = 0
    try {
      for (
        let timer = this.#timers.first();
        timer !== undefined && timer.dueMs <= ms;
        timer = this.#timers.first()
      ) {
        if (fired++ === jumpMax) await this.#time.advanceTo(ms)
        await this.#fireFirst(timer.dueMs)
        await this.#quietness().wait(() => true)
        if (timer.repeat) beats.set(timer, (beats.get(timer) ?? 0) + 1)
        this.#skipBeats(beats, ms)
      }
      await this.#time.advanceTo(ms)
    } finally {
      this.#advancing--
      this.#pump()
    }
  }

  /** What has beaten enough beats next just before anything else happens, or before the jump ends: what it renews holds. */
  #skipBeats(beats: ReadonlyMap<VirtualTimer, number>, ms: number): void {
    const isWorn = (timer: VirtualTimer): boolean => (beats.get(timer) ?? 0) >= beatsMax
    const timer = this.#timers.first()
    if (timer === undefined || !isWorn(timer)) return
    let untilMs = ms
    for (const other of this.#timers.pending()) if (!isWorn(other)) untilMs = Math.min(untilMs, other.dueMs)
    const skipped = Math.floor((untilMs - timer.dueMs) / timer.delayMs)
    if (skipped <= 0) return
    timer.dueMs = Math.ceil(timer.dueMs + skipped * timer.delayMs)
    this.#timers.set(timer, this.#time.nowMs())
  }

  /** Time jumps at once; what is due on the way fires, in order, before this resolves. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#time.nowMs() + ms
    if (!this.hasTimers) {
      const moved = this.#time.advanceTo(untilMs)
      if (moved !== undefined) await moved
      return
    }
    await this.advanceTo(untilMs)
  }

  /** Resolves once nothing real is going on, as far as can be told; timers that are pending do not matter. */
  async quiet(): Promise<void> {
    await this.#quietness().wait(() => true)
  }

  /** Whether nothing happens any more by itself, known for certain; false wherever that is in doubt. */
  async still(): Promise<boolean> {
    return !this.hasTimers && (await this.#quietness().still()) && !this.hasTimers
  }

  /** Time is over at once, as where a process stood still: what is due fires when the code that runs has yielded. */
  leap(ms: number): void | Promise<void> {
    const moved = this.#time.advanceTo(this.#time.nowMs() + ms)
    if (this.hasTimers)
      outsideContexts(() => real.setImmediate(() => void this.advanceTo(this.#time.nowMs())))
    return moved
  }

  /** No timer fires by itself until {@link start}; pending ones are kept. */
  stop(): void {
    this.#isAwaited = noTimer
    this.#quiet?.cancel()
  }

  /** Lets timers fire by themselves: all, or as long as there is one that somebody awaits. */
  start(isAwaited: (timer: VirtualTimer) => boolean = anyTimer): void {
    this.#isAwaited = isAwaited
    this.#pump()
  }

  /** Lets each pending timer that would keep a process alive fire once more: nobody awaits what is left. */
  linger(): void {
    if (!this.hasTimers) {
      this.stop()
      return
    }
    const left = new Set(Array.from(this.#timers.pending()).filter((timer) => timer.hasRef()))
    this.#lingering = left
    this.start((timer) => left.has(timer))
  }

  /** Lets all timers fire by themselves until the returned function is called, whatever {@link stop} said. */
  hold(): () => void {
    this.#holders++
    this.#pump()
    let done = false
    return () => {
      if (done) return
      done = true
      if (--this.#holders === 0) this.#quiet?.cancel()
    }
  }

  /** Asks {@link gate} again. */
  letPass(): void {
    this.#shut = false
    this.#pump()
  }

  /** When the first pending timer of this delivery is due; `undefined`: it has none. */
  dueMs(delivery: object): number | undefined {
    let first: number | undefined
    for (const timer of this.#timers.pending()) {
      if (timer.delivery === delivery && (first === undefined || timer.dueMs < first)) first = timer.dueMs
    }
    return first
  }

  /** Drops all timers. */
  clear(): void {
    this.#timers.clear()
    this.#quiet?.cancel()
  }

  #schedule(timer: VirtualTimer): void {
    this.#progress++
    this.#shut = false
    const nowMs = this.#time.nowMs()
    // Whole milliseconds, as Node counts them; rather late than early.
    timer.dueMs = Math.ceil(nowMs + timer.delayMs)
    this.#timers.set(timer, nowMs)
    this.#pump()
  }

  #pump(): void {
    if (this.#pumping || !this.#mayFire()) return
    this.#pumping = true
    outsideContexts(() => this.#run()).finally(() => {
      this.#pumping = false
      this.#pump()
    })
  }

  async #run(): Promise<void> {
    while (this.#mayFire()) {
      // Nothing keeps a process alive for a timer that is not referenced, so it may be one nobody waits for:
      // it gets the longer silence.
      const quiet = await this.#quietness().wait(() => this.#timers.first()?.hasRef() ?? true)
      const timer = this.#timers.first()
      if (!quiet || timer === undefined || !this.#mayFire()) continue
      if (this.gate?.mayFire() === false) {
        this.#shut = true
        return
      }
      await this.#fireFirst(timer.dueMs)
    }
  }

  #mayFire(): boolean {
    if (this.#shut || this.#advancing > 0 || this.#timers.first() === undefined) return false
    if (this.#holders > 0 || this.#isAwaited === anyTimer) return true
    if (this.#isAwaited !== noTimer)
      for (const timer of this.#timers.pending())
        if (!timer.delivery?.dead && this.#isAwaited(timer)) return true
    return false
  }

  async #fireFirst(dueMs: number): Promise<void> {
    const moved = this.#time.advanceTo(dueMs)
    if (moved !== undefined) await moved
    // Cleared or set anew while the queue moved its time.
    const first = this.#timers.first()
    if (first === undefined || first.dueMs > Math.max(dueMs, this.#time.nowMs())) return
    const timer = this.#timers.take()
    if (timer === undefined) return
    this.#lingering?.delete(timer)
    timer.fire()
  }

  #quietness(): Quiet {
    this.#quiet ??= new Quiet(this, {
      idleMs: this.#options?.idleMs ?? 20,
      ioSilenceMs: this.#options?.ioSilenceMs ?? 1_000,
      activity: () => this.#progress + (this.#options?.activity?.() ?? 0),
      onHung: () => {
        this.timingReal = true
      },
    })
    return this.#quiet
  }
}

function anyTimer(): boolean {
  return true
}

function noTimer(): boolean {
  return false
}
