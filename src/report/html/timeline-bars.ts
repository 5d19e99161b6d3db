import type { TimelineEvent } from '../../model/result.ts'

/** How a delivery ended, as far as the timeline goes. */
export type BarEnd =
  | 'completed'
  | 'rescheduled'
  | 'failed'
  | 'bailedOut'
  | 'crashed'
  | 'dead'
  | 'refused'
  | 'open'

/** A stretch of a delivery in which it did not run as usual. */
export interface Stretch {
  readonly from: number
  to: number
  readonly kind: 'frozen' | 'delayed'
}

/** One delivery on its worker's lane. */
export interface Bar {
  readonly worker: string
  readonly jobId: string
  readonly delivery: number
  readonly from: number
  to: number
  end: BarEnd
  readonly stretches: Stretch[]
}

const BEGINS: ReadonlySet<string> = new Set(['started', 'retried', 'redelivered'])
const ENDS: ReadonlySet<string> = new Set<BarEnd>([
  'completed',
  'rescheduled',
  'failed',
  'bailedOut',
  'crashed',
  'dead',
  'refused',
])

/** Turns events, told one after the other, into bars. */
export class BarTracker {
  readonly bars: Bar[] = []
  readonly arrows: {
    readonly from: Bar
    readonly fromX: number
    readonly to: Bar
    readonly label: string
  }[] = []
  readonly #known = new Map<string, Bar>()
  readonly #lastOfJob = new Map<string, Bar>()
  readonly #open = new Set<Bar>()

  /** The bar that the event is on; `undefined` where it is on none. */
  add(event: TimelineEvent, x: number, worker: string): Bar | undefined {
    if (event.delivery === 0) return undefined
    const key = JSON.stringify([worker, event.jobId, event.delivery])
    let bar = this.#known.get(key)
    if (bar === undefined) {
      bar = this.#begin(event, x, worker)
      this.#known.set(key, bar)
    }
    // What comes after the end, such as the queue's record of it, does not lengthen the bar.
    if (this.#open.has(bar)) this.#extend(bar, event, x)
    else if (event.kind === 'dead') bar.end = 'dead'
    return bar
  }

  /** Deliveries that have no end reach to the end of the timeline. */
  close(end: number): void {
    for (const bar of this.#open) {
      bar.to = end
      for (const stretch of bar.stretches) if (Number.isNaN(stretch.to)) stretch.to = end
    }
    this.#open.clear()
  }

  #begin(event: TimelineEvent, x: number, worker: string): Bar {
    const { jobId, delivery } = event
    const bar: Bar = { worker, jobId, delivery, from: x, to: x, end: 'open', stretches: [] }
    const before = this.#lastOfJob.get(jobId)
    if (before !== undefined && BEGINS.has(event.kind)) {
      const frozen = before.stretches.find(({ to }) => Number.isNaN(to))
      this.arrows.push({ from: before, fromX: frozen?.from ?? before.to, to: bar, label: event.kind })
    }
    this.#lastOfJob.set(jobId, bar)
    this.#open.add(bar)
    this.bars.push(bar)
    return bar
  }

  #extend(bar: Bar, event: TimelineEvent, x: number): void {
    bar.to = x
    const stretch = bar.stretches.at(-1)
    if (stretch !== undefined && Number.isNaN(stretch.to)) stretch.to = x
    if (event.kind === 'stalled') bar.stretches.push({ from: x, to: Number.NaN, kind: 'frozen' })
    if (event.kind === 'glitched' && event.detail?.startsWith('delay'))
      bar.stretches.push({ from: x, to: Number.NaN, kind: 'delayed' })
    if (!ENDS.has(event.kind)) return
    bar.end = event.kind as BarEnd
    this.#open.delete(bar)
  }
}
