import type { Point, PointKind } from '../model/point.ts'
import { oneLine } from './text.ts'
import { ordinal } from './words.ts'

/** The line that answers for a point: of its names, the one that says most. */
export interface Site {
  readonly file: string
  readonly line: number
  /** 1-based; absent where only the line is known. */
  readonly column?: number
  readonly kind: PointKind
}

interface Name {
  readonly kind: PointKind
  readonly key: string
  readonly line: number
}

/** A merged point is both "after the await" and "before the next line": the await is what matters. */
const RANK: Record<PointKind, number> = {
  await: 0,
  line: 1,
  call: 2,
  return: 3,
  enqueue: 4,
  settle: 5,
  start: 6,
}
/** In the order of execution. */
const ORDER: Record<PointKind, number> = {
  start: -1,
  await: 0,
  call: 1,
  line: 2,
  return: 3,
  enqueue: 4,
  settle: 5,
}

/** The site of a point. */
export function siteOf(point: Point): Site {
  if (point.also.length === 0) {
    const { file, line, column, kind } = point
    return { file, line, ...(column > 0 ? { column } : undefined), kind }
  }
  const best = namesOf(point).reduce((a, b) => (RANK[b.kind] < RANK[a.kind] ? b : a))
  const column = best.kind === point.kind && best.line === point.line ? { column: point.column } : {}
  return { file: point.file, line: best.line, ...column, kind: best.kind }
}

/** Whether the site is a line of a source file; the queue's own points need not be. */
export function inSource(site: Site): boolean {
  return site.file !== '' && site.line > 0
}

/** `src/jobs/charge.ts:14`, or the key of what has no line. */
export function location(point: Point): string {
  const site = siteOf(point)
  return oneLine(inSource(site) ? `${site.file}:${site.line}` : point.key)
}

/** Where a point is, in words: `after the await on src/charge.ts:13 settled, before line 14`. */
export function placeWords(point: Point): string {
  const names = namesOf(point).sort((a, b) => ORDER[a.kind] - ORDER[b.kind])
  return names.map((name, index) => oneLine(nameWords(name, point, index === 0))).join(', ')
}

function namesOf(point: Point): Name[] {
  return [{ kind: point.kind, key: point.key, line: point.line }, ...point.also]
}

function nameWords(name: Name, point: Point, first: boolean): string {
  const column = name.key.match(/:\d+(:\d+)$/)?.[1] ?? ''
  const at = first ? `${point.file}:${name.line}${column}` : `line ${name.line}${column}`
  const called = point.function === '' ? 'the function' : point.function
  const where = first ? ` (${at})` : ''
  switch (name.kind) {
    case 'await':
      return `after the await on ${at} settled`
    case 'line':
      return `before ${at}`
    case 'call':
      return `on entry to ${called}${where}`
    case 'return':
      return `before ${called} returned${where}`
    case 'enqueue':
      return `${name.key.replace(/^(before|after)[- ]enqueue[: ](.*)$/s, '$1 $2 was enqueued')}${point.file === '' ? '' : ` on ${at}`}`
    case 'start':
      return `before ${point.jobId} started, while others were due at the same time`
    case 'settle':
      return `after ${point.job} returned, before the queue recorded it`
  }
}

/** What tells the points of one place apart. */
export interface Surroundings {
  /** Keys of the places that were hit more than once. */
  readonly repeated: ReadonlySet<string>
  /** There is more than one job. */
  readonly severalJobs: boolean
}

/** The surroundings of the points of a report. */
export function surroundingsOf(points: readonly Point[]): Surroundings {
  const repeated = new Set<string>()
  const jobs = new Set<string>()
  for (const point of points) {
    if (point.hit > 1) repeated.add(point.key)
    jobs.add(point.job)
  }
  return { repeated, severalJobs: jobs.size > 1 }
}

/** `2nd hit, on attempt 1`; empty where there is nothing to tell apart. */
export function hitWords(point: Point, around: Surroundings, job = true): string {
  const parts: string[] = []
  const repeated = point.hit > 1 || around.repeated.has(point.key)
  if (repeated) parts.push(`${ordinal(point.hit)} hit`)
  if (point.attempt > 1) parts.push(`on attempt ${point.attempt}`)
  if (job && around.severalJobs) parts.push(`in ${oneLine(point.jobId)}`)
  return parts.join(', ')
}
