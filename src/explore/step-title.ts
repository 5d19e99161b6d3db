import type { Point, PointKind } from '../model/point.ts'
import { inSource, siteOf } from '../report/place.ts'
import { oneLine } from '../report/text.ts'
import { ordinal } from '../report/words.ts'
import type { PlannedScenario } from './scenarios.ts'

/** What strikes is told by the line; where on it, only where it is not before it. */
const beside: Record<PointKind, string> = {
  line: '',
  call: ' on entry',
  await: ' after the await',
  return: ' before the return',
  enqueue: '',
  settle: '',
  start: '',
}

/**
 * `src/jobs/charge.ts:14 · crash`: what a scenario is called as a test; no two have the same title.
 *
 * @param rootJobId the job under test: others are named
 */
export function stepTitles(scenarios: readonly PlannedScenario[], rootJobId: string): string[] {
  const titles = scenarios.map((scenario) => titleOf(scenario, rootJobId))
  const count = Map.groupBy(titles, (title) => title)
  return titles.map((title, at) =>
    count.get(title)!.length === 1 ? title : `${title} (${scenarios[at]!.id})`,
  )
}

function titleOf({ strikes }: PlannedScenario, rootJobId: string): string {
  return strikes
    .map(({ id, recorded: { point } }) => {
      const fault = id.slice(0, id.indexOf('@'))
      return `${placeOf(point)} · ${fault}${detailOf(point, rootJobId)}`
    })
    .join(', ')
}

function placeOf(point: Point): string {
  const site = siteOf(point)
  if (!inSource(site)) return oneLine(point.key)
  const column = site.kind === 'line' ? (/:\d+(:\d+)$/.exec(point.key)?.[1] ?? '') : ''
  return `${site.file}:${site.line}${column}`
}

function detailOf(point: Point, rootJobId: string): string {
  const parts: string[] = []
  if (point.hit > 1) parts.push(`${ordinal(point.hit)} hit`)
  if (point.attempt > 1) parts.push(`attempt ${point.attempt}`)
  if (point.jobId !== rootJobId) parts.push(`in ${point.jobId}`)
  return beside[siteOf(point).kind] + parts.map((part) => `, ${part}`).join('')
}
