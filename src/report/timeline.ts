import type { TimelineEvent } from '../model/result.ts'
import type { Paint } from './paint.ts'
import { location } from './place.ts'
import { cut, oneLine, textWidth } from './text.ts'
import { offset } from './words.ts'

const EVENTS_MAX = 22
const EDGE = 7

/** The kinds that tell what went wrong: never left out, and coloured. */
const GRAVE: ReadonlySet<string> = new Set(['glitched', 'crashed', 'dead', 'failed'])

/** What happened, in virtual time from `startMs`; the middle of a long one is left out, and counted. */
export function timelineLines(
  events: readonly TimelineEvent[],
  startMs: number,
  width: number,
  paint: Paint,
): string[] {
  const shown = eventsToShow(events)
  const rows = shown.map((event) => (typeof event === 'number' ? event : row(event, startMs)))
  const times = Math.max(0, ...rows.map((r) => (typeof r === 'number' ? 0 : r.time.length)))
  const actors = Math.min(
    16,
    Math.max(0, ...rows.map((r) => (typeof r === 'number' ? 0 : textWidth(r.actor)))),
  )
  return rows.map((r) => {
    if (typeof r === 'number') return `${' '.repeat(times - 1)}${paint.dim(`⋮  ${r} more`)}`
    const actor = cut(r.actor, actors)
    const pad = ' '.repeat(actors - textWidth(actor))
    const words = cut(r.words, width - times - actors - 4)
    return `${paint.dim(r.time.padStart(times))}  ${actor}${pad}  ${r.grave ? paint.red(words) : words}`
  })
}

interface Row {
  readonly time: string
  readonly actor: string
  readonly words: string
  readonly grave: boolean
}

function row(event: TimelineEvent, startMs: number): Row {
  const actor = event.delivery === 0 || event.worker === '' ? '' : oneLine(event.worker)
  const grave = GRAVE.has(event.kind)
  return { time: offset(event.at - startMs), actor, words: oneLine(eventWords(event)), grave }
}

/** An event in words. */
export function eventWords(event: TimelineEvent): string {
  const { detail, jobId } = event
  const delivery = `${jobId}, delivery ${event.delivery}`
  const at = event.point === undefined ? '' : ` at ${location(event.point)}`
  const more = detail === undefined || detail === '' ? '' : `: ${detail}`
  switch (event.kind) {
    case 'enqueued':
      return event.delivery > 0 && detail ? `enqueued ${detail}` : `enqueued ${jobId}${more}`
    case 'started':
      return `started ${delivery}${more}`
    case 'glitched':
      return `✗ ${detail || 'fault'}${at}`
    case 'crashed':
      return `✗ died${at}${more}`
    case 'completed':
      return `completed ${jobId}${more}`
    case 'failed':
      return `failed ${jobId}${more}`
    case 'retried':
      return `retried ${delivery}${more}`
    case 'rescheduled':
      return `${jobId} put itself off${more}`
    case 'redelivered':
      return `redelivered ${delivery}${more}`
    case 'settled':
      return `the queue recorded ${jobId}${more}`
    case 'dead':
      return `✗ ${jobId} is dead${more}`
    case 'stalled':
      return `froze in ${delivery}: its lock lapses${more}`
    case 'woke':
      return `woke up in ${delivery}${more}`
    case 'refused':
      return `the queue refused the end of ${delivery}${more}`
    case 'interrupted':
      return `asked to stop ${delivery}${more}`
    case 'bailedOut':
      return `bailed out of ${delivery}: the job goes back${more}`
    case 'clock':
      return `the clock moved${more}`
    case 'checked':
      return detail || 'checked'
  }
}

/** The edges, and what is grave; a number stands for so many left out. */
function eventsToShow(events: readonly TimelineEvent[]): (TimelineEvent | number)[] {
  if (events.length <= EVENTS_MAX) return [...events]
  let room = EVENTS_MAX - 2 * EDGE
  const shown: (TimelineEvent | number)[] = []
  let left = 0
  events.forEach((event, index) => {
    const edge = index < EDGE || index >= events.length - EDGE
    if (edge || (GRAVE.has(event.kind) && room-- > 0)) {
      if (left > 0) shown.push(left)
      left = 0
      shown.push(event)
    } else left++
  })
  return shown
}
