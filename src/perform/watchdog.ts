import { type Delivery, every, realNowMs, shared } from '../runtime/index.ts'

/** Real time that library code gets to unwind (roll back, release) after the crash of its caller. */
const unwindMs = 100

/** A delivery that somebody may have to give up. */
export interface Watched {
  readonly delivery: Delivery
  /** Asked once when it makes no progress for a while: whether something was done about it. */
  readonly blocked?: () => boolean
  readonly give: (up: 'hung' | 'unwound' | 'aborted') => void
}

/**
 * One real timer for a whole simulation: gives up on a delivery that makes no progress, and on the remains of
 * one that crashed.
 */
export class Watchdog {
  readonly #hangAfterMs: number
  readonly #blockedAfterMs: number
  readonly #signal: AbortSignal | undefined
  #stop: (() => void) | undefined
  /** The last one is watched; the others wait for it. */
  readonly #stack: Watched[] = []
  #asked: Watched | undefined
  #progress = -1
  #aliveMs = 0

  constructor(hangAfterMs: number, signal?: AbortSignal) {
    this.#hangAfterMs = hangAfterMs
    this.#blockedAfterMs = Math.min(500, hangAfterMs / 2)
    this.#signal = signal
  }

  start(): void {
    this.#stop ??= every(Math.max(5, Math.min(50, this.#hangAfterMs / 4)), () => this.#tick())
  }

  stop(): void {
    this.#stop?.()
    this.#stop = undefined
    this.#stack.length = 0
  }

  /** Until the returned function is called; those that were watched before wait for it. */
  watch(watched: Watched): () => void {
    this.#stack.push(watched)
    this.#progress = -1
    return () => {
      const at = this.#stack.indexOf(watched)
      if (at >= 0) this.#stack.splice(at, 1)
      this.#progress = -1
    }
  }

  #tick(): void {
    const watched = this.#stack.at(-1)
    if (watched === undefined) return
    if (this.#signal?.aborted) {
      watched.give('aborted')
      return
    }
    const nowMs = realNowMs()
    if (shared.progress !== this.#progress) {
      this.#progress = shared.progress
      this.#aliveMs = nowMs
      return
    }
    const quietMs = nowMs - this.#aliveMs
    if (quietMs >= this.#blockedAfterMs && this.#asked !== watched && !watched.delivery.dead) {
      this.#asked = watched
      if (watched.blocked?.()) this.#aliveMs = nowMs
      return
    }
    if (watched.delivery.dead && quietMs >= unwindMs) watched.give('unwound')
    else if (quietMs >= this.#hangAfterMs) watched.give('hung')
  }
}
