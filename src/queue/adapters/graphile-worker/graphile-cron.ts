import type { DueWindow } from '../../port.ts'
import type { ParsedCronItem, TaskSpec } from './driver.ts'

const minuteMs = 60_000

/** A job that a crontab adds. */
export interface Occurrence {
  readonly atMs: number
  readonly item: ParsedCronItem
}

/** The items of a crontab. They never end, so they only fire where a run is bounded. */
export class GraphileCron {
  readonly #items: readonly ParsedCronItem[]
  #startMs = 0
  readonly #lastMs: Map<ParsedCronItem, number> = new Map()

  constructor(items: readonly ParsedCronItem[]) {
    this.#items = items
  }

  restart(nowMs: number): void {
    this.#startMs = nowMs
    this.#lastMs.clear()
  }

  /** The earliest occurrence in a window that ends: like its worker, it looks at each full minute. */
  next({ fromMs, untilMs }: DueWindow): Occurrence | undefined {
    if (untilMs === undefined) return undefined
    let earliest: Occurrence | undefined
    for (const item of this.#items) {
      const last = this.#lastMs.get(item)
      const afterMs = Math.max(last === undefined ? this.#startMs : last + minuteMs, fromMs ?? 0)
      const end = Math.min(untilMs, earliest === undefined ? untilMs : earliest.atMs - 1)
      for (let atMs = Math.ceil(afterMs / minuteMs) * minuteMs; atMs <= end; atMs += minuteMs) {
        if (!item.match(digest(atMs))) continue
        earliest = { atMs, item }
        break
      }
    }
    return earliest
  }

  /** The job of an occurrence, as graphile-worker adds it. */
  take({ atMs, item }: Occurrence): { name: string; payload: object; spec: TaskSpec } {
    this.#lastMs.set(item, atMs)
    const { queueName, maxAttempts, jobKey, jobKeyMode, priority } = item.options
    const given = { queueName, maxAttempts, jobKey, jobKeyMode, priority }
    const ts = new Date(atMs)
    return {
      name: item.task,
      payload: { ...item.payload, _cron: { ts: ts.toISOString(), backfilled: false } },
      spec: {
        ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as TaskSpec),
        runAt: ts,
      },
    }
  }
}

function digest(atMs: number): { min: number; hour: number; date: number; month: number; dow: number } {
  const at = new Date(atMs)
  return {
    min: at.getUTCMinutes(),
    hour: at.getUTCHours(),
    date: at.getUTCDate(),
    month: at.getUTCMonth() + 1,
    dow: at.getUTCDay(),
  }
}
