import type { ContextClock } from '../model/context.ts'
import { Quiet } from './quiet.ts'
import { outsideContexts } from './real.ts'
import { TimerList } from './timer-list.ts'
import { type TimerHost, VirtualTimer, virtualTimerOf } from './virtual-timer.ts'

/** Virtual time as a queue keeps it; see `queue/port.ts`. */
export interface ClockTime {
  nowMs(): number
  advanceTo(ms: number): void | Promise<void>
}

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
  readonly #time: ClockTime
  readonly #options: VirtualClockOptions | undefined
  readonly #timers: TimerList = new TimerList()
  readonly #host: TimerHost = {
    schedule: (timer) => this.#schedule(timer),
    remove: (timer) => this.#timers.remove(timer),
  }
  #quiet: Quiet | undefined
  #progress = 0
  #pumping = false
  #stopped = false
  #advancing = 0

  constructor(time: ClockTime, options?: VirtualClockOptions) {
    this.#time = time
    this.#options = options
    this.startMs = time.nowMs()
  }

  /** Whether a virtual timer is pending. */
  get hasTimers(): boolean {
    return this.#timers.first() !== undefined
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
    try {
      for (
        let timer = this.#timers.first();
        timer !== undefined && timer.dueMs <= ms;
        timer = this.#timers.first()
      ) {
        await this.#fire(timer)
        await this.#quietness().wait(() => true)
      }
      await this.#time.advanceTo(ms)
    } finally {
      this.#advancing--
      this.#pump()
    }
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

  /** No timer fires by itself until {@link start}; pending ones are kept. */
  stop(): void {
    this.#stopped = true
    this.#quiet?.cancel()
  }

  /** Lets timers fire again. */
  start(): void {
    this.#stopped = false
    this.#pump()
  }

  /** Drops all timers. */
  clear(): void {
    this.#timers.clear()
    this.#quiet?.cancel()
  }

  #schedule(timer: VirtualTimer): void {
    this.#progress++
    timer.dueMs = this.#time.nowMs() + timer.delayMs
    this.#timers.place(timer)
    this.#pump()
  }

  #pump(): void {
    if (this.#pumping || this.#stopped || this.#advancing > 0 || this.#timers.first() === undefined) return
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
      await this.#fire(timer)
    }
  }

  #mayFire(): boolean {
    return !this.#stopped && this.#advancing === 0 && this.#timers.first() !== undefined
  }

  async #fire(timer: VirtualTimer): Promise<void> {
    const moved = this.#time.advanceTo(timer.dueMs)
    if (moved !== undefined) await moved
    // Cleared while the queue moved its time.
    if (timer.delivery?.dead || !this.#timers.remove(timer)) return
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
