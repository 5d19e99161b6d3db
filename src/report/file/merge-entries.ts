import { FaultlineError } from '../../model/error.ts'
import type { Point } from '../../model/point.ts'
import type { SimulationSummary } from '../../model/result.ts'
import { plural } from '../words.ts'
import { mergeCauses } from './merge-causes.ts'
import { eachShardOnce, mergedShard } from './merge-shards.ts'
import { pointKey } from './point-key.ts'
import {
  type CauseEntry,
  type ErrorEntry,
  type EventEntry,
  type ScenarioEntry,
  type ShardEntry,
  type SimulationEntry,
  TIMELINES_MAX,
} from './report-file.ts'
import { Table } from './table.ts'

/** A row, and the tables that its indexes are of. */
export interface OwnedRow {
  readonly row: ScenarioEntry
  readonly of: SimulationEntry
}

/** What the user declared not to be under test makes no run less exhaustive. */
const declared = new Set(['outside', 'ignored', 'memory', 'sharedMemory', 'load'])

/** The id of the run without faults. */
const BARE = 'baseline'

/** One simulation out of the parts that shards ran. */
export function mergeEntries(given: readonly SimulationEntry[]): SimulationEntry {
  if (given.length === 1) return given[0]!
  const rows = unionOf(given)
  // A shard that got nowhere does not stand for the others; what they ran counts, and its own part is missing.
  const ran = given.filter((entry) => !gotNowhere(entry))
  const entries = eachShardOnce(ran.length === 0 ? given : ran)
  const [first] = entries
  const lost = given.filter((entry) => gotNowhere(entry) && !entries.includes(entry))
  const told = [...entries, ...lost]
  const causes = mergeCauses(told, new Map(rows.map((owned) => [owned.row.id, owned])))
  const points = new Table<Point>(pointKey, first!.points.slice(0, first!.summary.points))
  const errors = new Table<ErrorEntry>()
  const timed = new Set(causes.flatMap(({ scenarios }) => scenarios.slice(0, TIMELINES_MAX)))
  const scenarios = rows.map(({ row, of }) => moved(row, of, points, errors, timed.has(row.id)))
  const shard = mergedShard(entries, scenarios.length - (lost.length > 0 && ran.length > 0 ? 1 : 0))
  const { shard: _, ...head } = first!
  return {
    ...head,
    ...(shard === undefined ? undefined : { shard }),
    summary: summaryOf(entries, scenarios, shard),
    causes: causes.map(
      ({ point, ...cause }): CauseEntry => ({
        ...cause,
        ...(point === undefined ? undefined : { point: points.indexOf(point) }),
      }),
    ),
    points: points.rows,
    errors: errors.rows,
    scenarios,
  }
}

/** Its only scenario is the run without faults, which failed. */
function gotNowhere({ scenarios }: SimulationEntry): boolean {
  return scenarios.length === 1 && scenarios[0]!.id === BARE
}

/** Each scenario once, in the order of the plan. */
function unionOf(entries: readonly SimulationEntry[]): OwnedRow[] {
  const rows = new Map<string, OwnedRow>()
  for (const of of entries) {
    for (const row of of.scenarios) {
      const known = rows.get(row.id)?.row
      if (known === undefined) rows.set(row.id, { row, of })
      else if (row.id !== BARE && (known.outcome !== row.outcome || known.reason !== row.reason))
        throw twoVerdicts(of, known, row)
    }
  }
  const bare = ({ row }: OwnedRow): number => Number(row.id === BARE)
  return [...rows.values()].sort((a, b) => a.row.index - b.row.index || bare(b) - bare(a))
}

function twoVerdicts({ name }: SimulationEntry, a: ScenarioEntry, b: ScenarioEntry): FaultlineError {
  const verdict = ({ outcome, reason }: ScenarioEntry): string =>
    reason === undefined ? outcome : `${outcome} (${reason})`
  return new FaultlineError('FAULTLINE_REPORT_MERGE', {
    message: `The scenario '${a.id}' of '${name}' has two verdicts: ${verdict(a)} in one report, ${verdict(b)} in another.`,
    hint: 'Merge shards of one run only. If they are, the scenario is flaky: something neither virtual nor seeded decides it.',
  })
}

function moved(
  row: ScenarioEntry,
  of: SimulationEntry,
  points: Table<Point>,
  errors: Table<ErrorEntry>,
  timed: boolean,
): ScenarioEntry {
  const point = (index: number): number => points.indexOf(of.points[index]!)
  const event = (one: EventEntry): EventEntry =>
    one.point === undefined ? one : { ...one, point: point(one.point) }
  const { timeline, otherTimeline, ...rest } = row
  return {
    ...rest,
    faults: row.faults.map((one) => ({ fault: one.fault, point: point(one.point) })),
    ...(row.error === undefined ? undefined : { error: errors.indexOf(of.errors[row.error]!) }),
    ...(timed && timeline !== undefined ? { timeline: timeline.map(event) } : undefined),
    ...(timed && otherTimeline !== undefined ? { otherTimeline: otherTimeline.map(event) } : undefined),
  }
}

function summaryOf(
  entries: readonly SimulationEntry[],
  scenarios: readonly ScenarioEntry[],
  shard: ShardEntry | undefined,
): SimulationSummary {
  const { summary } = entries[0]!
  const count = (outcome: string): number => scenarios.filter((row) => row.outcome === outcome).length
  const [survived, failed] = [count('survived'), count('failed')]
  const [unreached, flaky] = [count('unreached'), count('flaky')]
  const judged = survived + failed + unreached + flaky
  const skipped = leftOutOf(entries) + (shard?.others ?? 0)
  const told = entries.map((entry) => withoutShard(entry.summary.notCovered))
  const notCovered = { ...unitedWords(told), ...summedWords(told) }
  if (shard !== undefined) notCovered.shard = `${shard.others} scenarios, which are left to other shards`
  return {
    ...summary,
    scenarios: scenarios.length,
    survived,
    failed,
    unreached,
    flaky,
    beyondPolicy: count('beyond-policy'),
    notApplicable: unitedWords(entries.map((entry) => entry.summary.notApplicable)),
    skipped,
    notCovered,
    exhaustive: skipped === 0 && Object.keys(notCovered).every((key) => declared.has(key)),
    resilience: judged === 0 ? 0 : survived / judged,
    durationMs: entries.reduce((sum, entry) => sum + entry.summary.durationMs, 0),
  }
}

/** What nobody ran: what all shards leave out alike once, and what each of them did not come to. */
function leftOutOf(entries: readonly SimulationEntry[]): number {
  const own = entries.map(({ summary, shard }) => Math.max(0, summary.skipped - (shard?.others ?? 0)))
  const alike = entries[0]!.shard?.alike
  if (alike === undefined) return Math.max(...own)
  return own.reduce((sum, count) => sum + Math.max(0, count - alike), alike)
}

/** Without what a shard says of itself: `shard 1 of 4`. */
function withoutShard(words: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(words).filter(([key]) => !/^shard(?: \d+ of \d+)?$/.test(key)))
}

/** What counts scenarios that were run: each shard tells of its own. */
const counting = ['memory', 'sharedMemory', 'sameState', 'extensions']

/** `2 crash scenarios of …` and `1 crash scenario of …` are `3 crash scenarios of …`. */
function summedWords(all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  return Object.fromEntries(
    counting.flatMap((key) => {
      const parts = all.flatMap(
        (words) => /^([\d,]+) ((?:\w+ )?)scenarios?([ :].*)$/.exec(words[key] ?? '') ?? [],
      )
      const counts = parts.filter((_, at) => at % 4 === 1).map((text) => Number(text.replaceAll(',', '')))
      if (counts.length === 0) return []
      const sum = counts.reduce((total, count) => total + count, 0)
      return [[key, `${plural(sum, `${parts[2]}scenario`)}${parts[3]}`]]
    }),
  )
}

function unitedWords(all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const words = new Map<string, Set<string>>()
  for (const record of all)
    for (const [key, text] of Object.entries(record)) words.set(key, (words.get(key) ?? new Set()).add(text))
  return Object.fromEntries([...words].map(([key, texts]) => [key, [...texts].join('; ')]))
}
