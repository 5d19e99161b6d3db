import type { TimelineEvent } from '../../model/result.ts'
import { offset, span } from '../words.ts'
import { type Bar, BarTracker } from './timeline-bars.ts'

/** Pixels between two events at the same virtual time. */
const STEP = 76
/** … and where virtual time passed in between. */
const LEAP = 132
const LEFT = 30

/** A sign at one event. */
export interface SignMark {
  readonly x: number
  readonly row: number
  /** Its position in the timeline. */
  readonly event: number
}

/** The time between two events that virtual time leapt over. */
export interface Leap {
  readonly from: number
  readonly to: number
  readonly label: string
}

/** A line from where one delivery ended to where the next began. */
export interface Arrow {
  readonly fromX: number
  readonly fromRow: number
  readonly toX: number
  readonly toRow: number
  readonly label: string
}

/** How long a worker lived: a lane whose line ends is that of a dead one. */
export interface Life {
  readonly row: number
  readonly from: number
  readonly to: number
  readonly died: boolean
}

/** A timeline as lanes; x in pixels, rows counted from the top. */
export interface TimelineLayout {
  readonly width: number
  /** The name of each lane, and its rows. */
  readonly lanes: readonly { readonly name: string; readonly row: number; readonly rows: number }[]
  readonly rows: number
  readonly ticks: readonly { readonly x: number; readonly label: string }[]
  readonly leaps: readonly Leap[]
  readonly lives: readonly Life[]
  readonly bars: readonly (Bar & { readonly row: number })[]
  readonly marks: readonly SignMark[]
  readonly arrows: readonly Arrow[]
}

/** Lays out a timeline: one lane per worker, one for the queue, time from left to right with its leaps shortened. */
export function timelineLayout(events: readonly TimelineEvent[], startMs: number): TimelineLayout {
  const { xs, ticks, leaps, end } = axisOf(events, startMs)
  const tracker = new BarTracker()
  const workers: string[] = []
  const owners = events.map((event, index) => {
    const worker = laneOf(event)
    if (!workers.includes(worker)) workers.push(worker)
    return tracker.add(event, xs[index]!, worker)
  })
  tracker.close(end)
  // The queue stands on top, whenever its first event came.
  workers.sort((a, b) => Number(b === QUEUE) - Number(a === QUEUE))
  const lanes: { name: string; row: number; rows: number }[] = []
  const rowOf = new Map<Bar, number>()
  let rows = 0
  for (const name of workers) {
    const used = stack(
      tracker.bars.filter((bar) => bar.worker === name),
      rowOf,
      rows,
    )
    lanes.push({ name, row: rows, rows: used })
    rows += used
  }
  const laneRow = (name: string): number => lanes.find((lane) => lane.name === name)!.row
  return {
    width: end + LEFT,
    lanes,
    rows,
    ticks,
    leaps,
    lives: workers.flatMap((name) =>
      lifeOf(
        tracker.bars.filter((bar) => bar.worker === name),
        laneRow(name),
        end,
      ),
    ),
    bars: tracker.bars.map((bar) => ({ ...bar, row: rowOf.get(bar)! })),
    marks: events.map((event, index) => {
      const owner = owners[index]
      return { x: xs[index]!, event: index, row: owner ? rowOf.get(owner)! : laneRow(laneOf(event)) }
    }),
    arrows: tracker.arrows.map(({ from, fromX, to, label }) => ({
      fromX,
      fromRow: rowOf.get(from)!,
      toX: to.from,
      toRow: rowOf.get(to)!,
      label,
    })),
  }
}

function lifeOf(bars: readonly Bar[], row: number, end: number): Life[] {
  if (bars.length === 0) return []
  const death = bars.find((bar) => bar.end === 'crashed')
  const from = Math.min(...bars.map((bar) => bar.from))
  return [{ row, from, to: death?.to ?? end, died: death !== undefined }]
}

const QUEUE = 'queue'

function laneOf({ worker, delivery }: TimelineEvent): string {
  return worker === '' || delivery === 0 ? QUEUE : worker
}

function axisOf(
  events: readonly TimelineEvent[],
  startMs: number,
): Pick<TimelineLayout, 'ticks' | 'leaps'> & { xs: number[]; end: number } {
  const xs: number[] = []
  const ticks: { x: number; label: string }[] = []
  const leaps: Leap[] = []
  let x = LEFT
  events.forEach(({ at }, index) => {
    const before = events[index - 1]?.at
    const passed = before === undefined ? 0 : at - before
    if (index > 0) x += passed > 0 ? LEAP : STEP
    if (passed > 0) leaps.push({ from: x - LEAP, to: x, label: span(passed) })
    if (before !== at) ticks.push({ x, label: offset(at - startMs) })
    xs.push(x)
  })
  return { xs, ticks, leaps, end: x + STEP }
}

/** Bars of one worker that overlap stand below each other; returns how many rows that takes. */
function stack(bars: readonly Bar[], rowOf: Map<Bar, number>, firstRow: number): number {
  const ends: number[] = []
  for (const bar of bars) {
    let row = ends.findIndex((end) => end < bar.from)
    if (row < 0) row = ends.push(0) - 1
    ends[row] = bar.to
    rowOf.set(bar, firstRow + row)
  }
  return Math.max(1, ends.length)
}
