import type { Point } from '../../model/point.ts'
import type {
  ScenarioResult,
  SimulationData,
  SimulationSummary,
  TimelineEvent,
  TimelineKind,
} from '../../model/result.ts'
import type { ReadSource } from '../source.ts'
import type { ErrorEntry, EventEntry, ReportFile, ScenarioEntry, SimulationEntry } from './report-file.ts'

/** The root that restored reports have: it names no folder of any machine. */
const ROOT = '/'

/**
 * A simulation out of a report file, as `simulate` gave it, for everything that renders one. Survivors have no
 * timeline.
 *
 * @example
 * ```ts
 * renderTerminal(restoredSimulation(file.simulations[0]), { readSource: restoredSources(file) })
 * ```
 */
export function restoredSimulation(entry: SimulationEntry): SimulationData {
  const { points } = entry
  const errors = entry.errors.map(restoredError)
  const startMs = Date.parse(entry.summary.now)
  const event = (one: EventEntry): TimelineEvent =>
    ({
      ...one,
      at: one.at + startMs,
      ...pointOf(points, one.point),
      kind: (one.kind === 'left-out' ? 'checked' : one.kind) as TimelineKind,
    }) as TimelineEvent
  const scenarios = entry.scenarios.map((row) => restoredScenario(row, points, errors, event))
  return {
    name: entry.name,
    points: points.slice(0, entry.summary.points),
    scenarios,
    failures: scenarios.filter(({ outcome }) => outcome !== 'survived' && outcome !== 'beyond-policy'),
    causes: entry.causes.map(({ reason, message, point, blame, scenarios: ids }) => ({
      reason,
      message,
      scenarios: [...ids],
      ...pointOf(points, point),
      ...(blame === undefined ? undefined : { blame }),
    })),
    summary: summaryOf(entry),
    root: ROOT,
    ...(entry.command === undefined ? undefined : { command: entry.command }),
  }
}

function summaryOf({ summary, shard }: SimulationEntry): SimulationSummary {
  if (shard === undefined) return summary
  const { others, alike = 0, ...rest } = shard
  return { ...summary, shard: { ...rest, elsewhere: others, alike } }
}

/** Reads the sources that the file carries. */
export function restoredSources({ sources }: ReportFile): ReadSource {
  return (absoluteFile) => {
    const file = absoluteFile.replaceAll('\\', '/').replace(/^(?:[a-z]:)?\//i, '')
    return Object.hasOwn(sources, file) ? sources[file] : undefined
  }
}

function restoredScenario(
  row: ScenarioEntry,
  points: readonly Point[],
  errors: readonly Error[],
  event: (one: EventEntry) => TimelineEvent,
): ScenarioResult {
  const { id, outcome, reason, error, blame, approximate, timing, replay, timeline, otherTimeline } = row
  return {
    id,
    faults: row.faults.map(({ fault, point }) => ({ fault, point: points[point]! })),
    outcome,
    ...(reason === undefined ? undefined : { reason }),
    ...(error === undefined ? undefined : { error: errors[error]! }),
    ...(blame === undefined ? undefined : { blame }),
    ...(approximate === undefined ? undefined : { approximate }),
    ...(timing === undefined ? undefined : { timing }),
    replay,
    timeline: (timeline ?? []).map(event),
    ...(otherTimeline === undefined ? undefined : { otherTimeline: otherTimeline.map(event) }),
  }
}

function restoredError({ name, title, rest = [], hint, thrownAt }: ErrorEntry): Error {
  const error = new Error([title, ...rest].join('\n'))
  const frame = thrownAt === undefined ? '' : `\n    at ${ROOT}${thrownAt}:1`
  error.stack = `${name}: ${error.message}${frame}`
  return Object.assign(error, { name }, hint === undefined ? undefined : { hint })
}

function pointOf(points: readonly Point[], index: number | undefined): { readonly point?: Point } {
  return index === undefined ? {} : { point: points[index]! }
}
