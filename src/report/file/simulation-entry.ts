import type { Point } from '../../model/point.ts'
import type { ScenarioResult, Shard, SimulationData, TimelineEvent } from '../../model/result.ts'
import { errorEntryOf, withoutRoot } from './error-entry.ts'
import { pointKey } from './point-key.ts'
import {
  type ErrorEntry,
  type EventEntry,
  type ScenarioEntry,
  type ShardEntry,
  type SimulationEntry,
  TIMELINES_MAX,
} from './report-file.ts'
import { Table } from './table.ts'

const EVENTS_MAX = 400

/** A simulation to be written, and what its report does not say. */
export interface ReportedSimulation {
  readonly report: SimulationData
  /** Relative to the root. */
  readonly testFile?: string
  readonly shard?: ShardEntry
  /** Each scenario's place in the whole plan, 0-based; its place in the report, where absent. */
  readonly indexes?: readonly number[]
}

/** The entry of one simulation. */
export function simulationEntryOf({ report, ...more }: ReportedSimulation): SimulationEntry {
  const { name, root, command, summary, causes } = report
  const points = new Table<Point>(pointKey, report.points)
  const errors = new Table<ErrorEntry>()
  const startMs = Date.parse(summary.now)
  const timed = new Set(causes.flatMap(({ scenarios }) => scenarios.slice(0, TIMELINES_MAX)))
  const event = (one: TimelineEvent): EventEntry => ({
    at: one.at - startMs,
    kind: one.kind,
    job: one.job,
    jobId: one.jobId,
    delivery: one.delivery,
    worker: one.worker,
    ...(one.detail === undefined ? undefined : { detail: withoutRoot(one.detail, root) }),
    ...(one.point === undefined ? undefined : { point: points.indexOf(one.point) }),
  })
  const row = (one: ScenarioResult, position: number): ScenarioEntry => ({
    id: one.id,
    index: more.indexes?.[position] ?? one.index ?? position,
    faults: one.faults.map(({ fault, point }) => ({ fault, point: points.indexOf(point) })),
    outcome: one.outcome,
    ...(one.reason === undefined ? undefined : { reason: one.reason }),
    ...(one.error === undefined ? undefined : { error: errors.indexOf(errorEntryOf(one.error, root)) }),
    ...(one.blame === undefined ? undefined : { blame: one.blame }),
    ...(one.approximate === undefined ? undefined : { approximate: one.approximate }),
    ...(one.timing === undefined ? undefined : { timing: one.timing }),
    replay: one.replay,
    ...(timed.has(one.id) ? { timeline: shortened(one.timeline.map(event)) } : undefined),
    ...(timed.has(one.id) && one.otherTimeline !== undefined
      ? { otherTimeline: shortened(one.otherTimeline.map(event)) }
      : undefined),
  })
  const scenarios = report.scenarios.map(row)
  const { shard: part, ...counts } = summary
  const shard = more.shard ?? (part === undefined ? undefined : shardEntryOf(part))
  return {
    name,
    ...(more.testFile === undefined ? undefined : { testFile: more.testFile }),
    ...(command === undefined ? undefined : { command: withoutRoot(command, root) }),
    ...(shard === undefined ? undefined : { shard }),
    summary: counts,
    causes: causes.map(({ reason, message, point, blame, scenarios: ids }) => ({
      reason,
      message: withoutRoot(message, root),
      ...(point === undefined ? undefined : { point: points.indexOf(point) }),
      ...(blame === undefined ? undefined : { blame }),
      scenarios: [...ids],
    })),
    points: points.rows,
    errors: errors.rows,
    scenarios,
  }
}

function shardEntryOf({ elsewhere, ...shard }: Shard): ShardEntry {
  return { ...shard, others: elsewhere }
}

/** Without its middle, where it is very long; an event says how many were left out. */
function shortened(events: readonly EventEntry[]): EventEntry[] {
  if (events.length <= EVENTS_MAX) return [...events]
  const half = EVENTS_MAX / 2
  const left = events.length - EVENTS_MAX
  const { at, job, jobId } = events[half]!
  return [
    ...events.slice(0, half),
    { at, kind: 'left-out', job, jobId, delivery: 0, worker: '', detail: `${left} more events` },
    ...events.slice(-half),
  ]
}
