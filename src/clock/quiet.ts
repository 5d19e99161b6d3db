import type { ContextClock } from '../model/context.ts'
import { lookAround, type Patience } from './io-observer.ts'
import { outsideContexts, real } from './real.ts'

/** What {@link Quiet} goes by; see `VirtualClockOptions`. */
export interface QuietOptions extends Patience {
  readonly activity: () => number
  readonly onHung: () => void
}

/** Turns of the event loop without progress that are enough where nothing real can be going on. */
const turnsEnough = 2
/** Turns of the event loop after which nobody asks for stillness any more. */
const turnsMax = 50
/** How often to look while something real may be going on: this many times per `idleMs`. */
const looks = 5

/**
 * Tells when nothing is going on: no observed operation made progress for a while.
 *
 * ```text
 * nothing real can be going on ── two turns of the event loop ─────────▶ quiet
 * something may be             ── idleMs without progress ─────────────▶ quiet
 * an operation is in flight    ── its end, or ioSilenceMs of silence ──▶ the above
 * ```
 */
export class Quiet {
  readonly #owner: ContextClock
  readonly #options: QuietOptions
  #generation = 0

  constructor(owner: ContextClock, options: QuietOptions) {
    this.#owner = owner
    this.#options = options
  }

  /**
   * Resolves to true once it is quiet, to false when cancelled. `mayHurry` is asked whether two silent turns
   * of the event loop are enough where no real operation can be in flight.
   */
  wait(mayHurry: () => boolean): Promise<boolean> {
    const { idleMs, activity, onHung } = this.#options
    const generation = this.#generation
    const lookEveryMs = Math.max(1, idleMs / looks)
    let seen = -1
    let turns = 0
    let quietMs = 0
    let lookedAtMs = real.nowMs()
    return new Promise((resolve) => {
      const look = (): void => {
        if (generation !== this.#generation) {
          resolve(false)
          return
        }
        const nowMs = real.nowMs()
        const around = lookAround(this.#owner, nowMs, this.#options)
        const now = activity() + around.activity
        if (now === seen) {
          turns++
          // A blocked event loop is no silence: what arrived meanwhile was not served yet.
          quietMs += Math.min(nowMs - lookedAtMs, 2 * lookEveryMs)
        } else {
          seen = now
          turns = 0
          quietMs = 0
        }
        lookedAtMs = nowMs
        if (around.hung) onHung()
        const hurry = around.certain && mayHurry()
        if (!around.busy && (hurry ? turns >= turnsEnough : quietMs >= idleMs)) {
          resolve(true)
        } else if (hurry && !around.busy) real.setImmediate(look)
        else real.setTimeout(look, lookEveryMs)
      }
      outsideContexts(() => real.setImmediate(look))
    })
  }

  /**
   * Whether nothing real can be going on, and nothing happens in two turns of the event loop either: what is pending
   * then never settles by itself. Waits for nothing: false as soon as anything may be going on.
   */
  still(): Promise<boolean> {
    const generation = this.#generation
    let seen = -1
    let silent = 0
    let turns = 0
    return new Promise((resolve) => {
      const look = (): void => {
        const around = lookAround(this.#owner, real.nowMs(), this.#options)
        const now = this.#options.activity() + around.activity
        silent = now === seen ? silent + 1 : 0
        seen = now
        const isOver = generation !== this.#generation || around.busy || !around.certain
        if (isOver || turns++ === turnsMax) resolve(false)
        else if (silent >= turnsEnough) resolve(true)
        else real.setImmediate(look)
      }
      outsideContexts(() => real.setImmediate(look))
    })
  }

  /** Ends all waiting. */
  cancel(): void {
    this.#generation++
  }
}
