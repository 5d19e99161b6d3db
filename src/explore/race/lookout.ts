import type { Watched } from '../../perform/index.ts'
import { after, eventLoopTurn, realNowMs, shared } from '../../runtime/index.ts'
import { ringOf } from './deadlock.ts'
import { stranger } from './observers.ts'
import type { RaceHost } from './race-host.ts'
import type { Racer, Wait } from './racer.ts'
import type { Scheduler } from './scheduler.ts'
import { waitingAt } from './waiting-at.ts'

/** How often to look, in real milliseconds. */
export const lookEveryMs = 5
/** Real time without any progress after which a racer's own branches are taken to wait for each other. */
const ownGraceMs = 25
/** Real time that one gets of which nobody can tell whether it still waits. */
const settleMs = 10
/** Real time that an answer of the server gets to arrive. */
const answerMs = 40
/** Real time that library code gets to unwind after a crash. */
const unwindMs = 100

/** Nobody can tell what it waits for. */
const untold: Wait = { by: [], certain: false }

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
  readonly #asked = new WeakSet<Watched>()

  constructor(scheduler: Scheduler, host: RaceHost, patience: Patience) {
    this.#scheduler = scheduler
    this.#host = host
    this.#patience = patience
  }

  /** Called every {@link lookEveryMs} while the race runs. */
  look(): void {
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
    else if (this.#scheduler.idle)
      void this.#stuck(this.#silentMs).catch((error) => this.#scheduler.fail(error))
  }

  #lookAt(racer: Racer, silentMs: number): void {
    for (const branch of racer.parked.filter(({ delivery }) => delivery.dead)) {
      racer.parked.splice(racer.parked.indexOf(branch), 1)
      branch.goOn()
    }
    for (const watched of [...racer.watched])
      if (watched.delivery.dead && silentMs >= unwindMs) watched.give('unwound')
    if (racer.parked.length > 0 && silentMs >= ownGraceMs) {
      this.#scheduler.stepOver(racer)
      return
    }
    if (this.#host.wakesAtMs(racer) !== undefined) this.#scheduler.askClock()
    if (silentMs >= ownGraceMs && this.#thaws(racer)) return
    const others = this.#scheduler.racers.some((other) => other !== racer && !other.ended)
    const { blockedAfterMs, hangAfterMs } = this.#patience
    if (others) {
      if (this.#host.ask !== undefined) void this.#askAbout(racer, silentMs)
      if (silentMs >= (this.#host.ask === undefined ? blockedAfterMs : hangAfterMs))
        this.#setAside(racer, untold)
    } else if (silentMs >= hangAfterMs) void this.#hangs(racer).catch((error) => this.#scheduler.fail(error))
  }

  /** It is the last one: it waits for what another one left behind, or for something that does not come. */
  async #hangs(racer: Racer): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    try {
      const wait = (await this.#host.ask?.())?.waits.get(racer)
      if (racer !== this.#scheduler.running) return
      if (wait !== undefined) this.#scheduler.deadlock.found(new Map([[racer, wait]]))
      for (const watched of [...racer.watched]) watched.give('hung')
    } finally {
      this.#asking = false
    }
  }

  /** It may wait for a frozen delivery of its own, which goes on then. */
  #thaws({ watched }: Racer): boolean {
    return [...watched].some((one) => {
      if (this.#asked.has(one)) return false
      this.#asked.add(one)
      return one.blocked?.() === true
    })
  }

  async #askAbout(racer: Racer, silentMs: number): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    const { events } = this.#scheduler
    try {
      const isLong = silentMs >= this.#patience.blockedAfterMs
      const { waits, busy } = await this.#host.ask!()
      const wait = waits.get(racer) ?? (isLong && !busy.has(racer) ? untold : undefined)
      // What the server has just answered may not have arrived.
      if (wait === untold) await new Promise<void>((resolve) => void after(answerMs, resolve))
      if (wait === undefined || events !== this.#scheduler.events) return
      // Who waits for none of the racers goes on by itself, as a rule.
      if (!isLong && !wait.by.some((by) => by !== stranger)) return
      const ring = ringOf(racer, waits)
      this.#setAside(racer, wait)
      if (ring !== undefined) this.#scheduler.deadlock.found(ring)
    } catch (error) {
      this.#scheduler.fail(error)
    } finally {
      this.#asking = false
    }
  }

  #setAside(racer: Racer, wait: Wait): void {
    this.#scheduler.block(racer, { ...wait, at: waitingAt(racer) })
  }

  /** Who was set aside and does not wait any more comes back before the next decision. */
  async settle(): Promise<void> {
    const { racers } = this.#scheduler
    const isAside = (racer: Racer, certain: boolean): boolean => racer.blocked?.certain === certain
    if (racers.some((racer) => isAside(racer, false))) {
      await eventLoopTurn()
      await eventLoopTurn()
      if (racers.some((racer) => isAside(racer, false)))
        await new Promise<void>((resolve) => void after(settleMs, resolve))
    }
    const untilMs = realNowMs() + this.#patience.blockedAfterMs
    while (realNowMs() < untilMs) {
      const aside = racers.filter((racer) => isAside(racer, true))
      if (aside.length === 0 || this.#host.ask === undefined) return
      const { waits, busy } = await this.#host.ask()
      const isSettled = (racer: Racer): boolean =>
        racer.blocked === undefined || (racer.blocked.certain && waits.has(racer))
      const works = racers.some((racer) => racer.blocked === undefined && busy.has(racer))
      if (!works && aside.every(isSettled)) return
      await eventLoopTurn()
    }
  }

  /** All are set aside, and nothing happens any more. */
  async #stuck(silentMs: number): Promise<void> {
    if (this.#asking) return
    const { blockedAfterMs, hangAfterMs } = this.#patience
    const waits = new Map<Racer, Wait>()
    for (const racer of this.#scheduler.racers)
      if (racer.blocked !== undefined && !racer.ended) waits.set(racer, racer.blocked)
    const isCertain = waits.size > 1 && [...waits.values()].every(({ certain }) => certain)
    if (waits.size === 0 || (!isCertain && silentMs < blockedAfterMs)) return
    if (this.#host.hasTimers && silentMs < hangAfterMs) return
    if (isCertain && this.#scheduler.deadlock.finding === undefined && !(await this.#areStill(waits))) return
    this.#scheduler.deadlock.found(waits)
    // The database ends it: one of them gets an error.
    if (isCertain && silentMs < hangAfterMs) return
    for (const racer of waits.keys()) for (const watched of [...racer.watched]) watched.give('hung')
  }

  /** Whether all of them still wait, says the server. */
  async #areStill(waits: ReadonlyMap<Racer, Wait>): Promise<boolean> {
    this.#asking = true
    try {
      const { waits: now } = await this.#host.ask!()
      return [...waits.keys()].every((racer) => racer.blocked !== undefined && now.has(racer))
    } finally {
      this.#asking = false
    }
  }
}
