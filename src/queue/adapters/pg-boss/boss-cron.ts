import type { DueWindow } from '../../port.ts'
import type { PgBoss, Schedule, SendOptions } from './driver.ts'

/** A job that a schedule sends. */
export interface Occurrence {
  readonly atMs: number
  readonly schedule: Schedule
}

/**
 * The schedules of the listed queues. They never end, so they only fire where a run is bounded: pg-boss itself tells
 * when, by `previewSchedule`.
 */
export class BossCron {
  readonly #boss: PgBoss
  readonly #isListed: (name: string) => boolean
  #schedules: Schedule[] | undefined
  #startMs = 0
  readonly #lastMs: Map<string, number> = new Map()

  constructor(boss: PgBoss, isListed: (name: string) => boolean) {
    this.#boss = boss
    this.#isListed = isListed
  }

  /** The application scheduled something: what was read is out of date. */
  forget(): void {
    this.#schedules = undefined
  }

  restart(nowMs: number): void {
    this.forget()
    this.#startMs = nowMs
    this.#lastMs.clear()
  }

  /** The earliest occurrence in a window that ends. */
  async next({ fromMs, untilMs }: DueWindow): Promise<Occurrence | undefined> {
    if (untilMs === undefined) return undefined
    this.#schedules ??= (await this.#boss.getSchedules()).filter(({ name }) => this.#isListed(name))
    let earliest: Occurrence | undefined
    for (const schedule of this.#schedules) {
      const afterMs = Math.max(this.#lastMs.get(keyOf(schedule)) ?? this.#startMs, (fromMs ?? 0) - 1)
      const tz = schedule.timezone
      const [at] = this.#boss.previewSchedule(schedule.cron, { tz, from: new Date(afterMs), count: 1 })
      if (at === undefined || at.getTime() > untilMs) continue
      if (earliest === undefined || at.getTime() < earliest.atMs) earliest = { atMs: at.getTime(), schedule }
    }
    return earliest
  }

  /** Sends its job, as pg-boss does when the time has come. */
  async send({ atMs, schedule }: Occurrence): Promise<void> {
    this.#lastMs.set(keyOf(schedule), atMs)
    const {
      tz: _tz,
      key: _key,
      missed: _missed,
      ...options
    } = (schedule.options ?? {}) as Record<string, unknown>
    await this.#boss.send(schedule.name, schedule.data ?? null, options as SendOptions)
  }
}

function keyOf({ name, key }: Schedule): string {
  return JSON.stringify([name, key])
}
