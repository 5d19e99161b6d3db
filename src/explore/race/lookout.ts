import { every, realNowMs, shared } from '../../runtime/index.ts'
import type { RaceHost } from './race-host.ts'
import type { Racer, Wait } from './racer.ts'
import type { Scheduler } from './scheduler.ts'

/** How often to look, in real milliseconds. */
const lookEveryMs = 10
/** Real time without any progress after which a racer's own branches are taken to wait for each other. */
const ownGraceMs = 25
/** Real time that library code gets to unwind after a crash. */
const unwindMs = 100

/** How patient a race is, in real milliseconds. */
export interface Patience {
  readonly blockedAfterMs: number
  readonly hangAfterMs: number
}

/** Looks from time to time whether the delivery that runs waits for another one, and whether anybody goes on at all. */
export class Lookout {
  readonly #scheduler: Scheduler
  readonly #host: RaceHost
  readonly #patience: Patience
  #progress = -1
  #lookedMs = 0
  #silentMs = 0
  #asking = false

  constructor(scheduler: Scheduler, host: RaceHost, patience: Patience) {
    this.#scheduler = scheduler
    this.#host = host
    this.#patience = patience
  }

  /** Until the returned function is called. */
  start(): () => void {
    return every(lookEveryMs, () => this.#look())
  }

  #look(): void {
    if (this.#scheduler.endIfAborted()) return
    const nowMs = realNowMs()
    const progress = this.#scheduler.events + shared.progress
    // A blocked event loop is no silence: what arrived meanwhile was not served yet.
    if (progress === this.#progress) this.#silentMs += Math.min(nowMs - this.#lookedMs, 2 * lookEveryMs)
    else this.#silentMs = 0
    this.#progress = progress
    this.#lookedMs = nowMs
    if (this.#silentMs === 0) return
    const { running } = this.#scheduler
    if (running !== undefined) this.#lookAt(running, this.#silentMs)
    else if (this.#silentMs >= this.#patience.blockedAfterMs) this.#stuck(this.#silentMs)
  }

  #lookAt(racer: Racer, silentMs: number): void {
    for (const branch of racer.parked.filter(({ delivery }) => delivery.dead)) {
      racer.parked.splice(racer.parked.indexOf(branch), 1)
      branch.goOn!()
    }
    for (const watched of [...racer.watched])
      if (watched.delivery.dead && silentMs >= unwindMs) watched.give('unwound')
    if (racer.parked.length > 0 && silentMs >= ownGraceMs) {
      this.#scheduler.stepOver(racer)
      return
    }
    if (this.#host.isTimed(racer)) this.#scheduler.askClock()
    const others = this.#scheduler.racers.some((other) => other !== racer && !other.ended)
    const { blockedAfterMs, hangAfterMs } = this.#patience
    if (others) {
      if (this.#host.ask !== undefined) void this.#askAbout(racer)
      if (silentMs >= blockedAfterMs) this.#scheduler.block(racer, { by: [], certain: false })
    } else if (silentMs >= hangAfterMs) for (const watched of [...racer.watched]) watched.give('hung')
  }

  async #askAbout(racer: Racer): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    const { events } = this.#scheduler
    try {
      const wait = (await this.#host.ask!()).get(racer)
      if (wait !== undefined && events === this.#scheduler.events) this.#scheduler.block(racer, wait)
    } catch (error) {
      this.#scheduler.fail(error)
    } finally {
      this.#asking = false
    }
  }

  /** All are set aside, and nothing happens any more. */
  #stuck(silentMs: number): void {
    const { hangAfterMs } = this.#patience
    const waits = new Map<Racer, Wait>()
    for (const racer of this.#scheduler.racers)
      if (racer.blocked !== undefined && !racer.ended) waits.set(racer, racer.blocked)
    if (waits.size === 0 || (this.#host.hasTimers && silentMs < hangAfterMs)) return
    this.#scheduler.deadlock ??= waits
    // The database ends it, where it is one of its locks.
    const isCertain = [...waits.values()].some(({ certain }) => certain)
    if (isCertain && silentMs < hangAfterMs) return
    for (const racer of waits.keys()) for (const watched of [...racer.watched]) watched.give('hung')
  }
}
