import { FaultlineError } from '../model/error.ts'
import type { Point } from '../model/point.ts'
import type { Finding } from '../oracle/index.ts'
import { arm, type FileRecord, RecordMode } from '../runtime/index.ts'
import { noPoints } from './no-points.ts'
import { firstDivergence, type RecordedPoint, recordedPoints } from './recorded.ts'
import type { Runner } from './run.ts'
import type { RunEnd } from './run-plan.ts'

/** What the unfaulted runs told. */
export interface Baseline {
  readonly end: RunEnd
  /** The job is wrong without chaos, or differs from run to run. */
  readonly finding: Finding | undefined
  readonly points: readonly RecordedPoint[]
  readonly files: ReadonlySet<FileRecord>
  /** Points that only the very first run reached: a client made, a cache filled, a module loaded late. */
  readonly warmUp: number
}

/** Points that are kept of a run that never ended. */
const endlessMax = 1_000

/** Performs the work without faults, once, and records every point. */
export async function record<W>(runner: Runner<W>): Promise<{ end: RunEnd; points: RecordedPoint[] }> {
  const mode = new RecordMode()
  const end = await runner.run({ id: 'baseline', faults: [], mode, patient: true, arm: () => arm(mode) })
  const { reached } = mode
  const isEndless = end.finding?.reason === 'runaway'
  return { end, points: recordedPoints(isEndless ? reached.slice(0, endlessMax) : reached) }
}

/** Twice without faults: the job must be right, and must do the same both times. */
export async function baseline<W>(runner: Runner<W>): Promise<Baseline> {
  const first = await record(runner)
  const files = filesOf(first.points)
  if (first.end.finding !== undefined) return { ...first, finding: first.end.finding, files, warmUp: 0 }
  if (files.size === 0) throw noPoints(runner.setup)
  runner.judge.expected = { snapshot: first.end.snapshot }
  const second = await record(runner)
  const finding = nondeterminism(first.points, second)
  if (finding === undefined || second.end.finding !== undefined)
    return { ...first, finding, files, warmUp: 0 }
  const warmUp = onlyInFirst(first.points, second.points)
  if (warmUp === undefined) return { ...first, finding, files, warmUp: 0 }
  const third = await record(runner)
  if (nondeterminism(second.points, third) !== undefined) return { ...first, finding, files, warmUp: 0 }
  return { ...second, finding: undefined, files: filesOf([...first.points, ...second.points]), warmUp }
}

/**
 * How many points the first run reached more often than the second, where it reached none less often: what a run
 * leaves in memory (a client, a cache, a module) spares the next ones the way there.
 */
function onlyInFirst(first: readonly RecordedPoint[], second: readonly RecordedPoint[]): number | undefined {
  const counts = new Map<string, number>()
  for (const recorded of first) counts.set(placeOf(recorded), (counts.get(placeOf(recorded)) ?? 0) + 1)
  for (const recorded of second) {
    const left = (counts.get(placeOf(recorded)) ?? 0) - 1
    if (left < 0) return undefined
    counts.set(placeOf(recorded), left)
  }
  return first.length - second.length
}

function placeOf({ point, index }: RecordedPoint): string {
  return `${point.jobId}/${point.attempt}/${point.file}:${index}:${point.key}`
}

function nondeterminism(
  first: readonly RecordedPoint[],
  second: { end: RunEnd; points: RecordedPoint[] },
): Finding | undefined {
  const divergence = firstDivergence(first, second.points)
  const { finding } = second.end
  if (divergence === undefined && finding === undefined) return undefined
  const what =
    divergence === undefined
      ? `the second run failed: ${finding!.error.message}`
      : `the runs part at ${divergence}`
  return {
    reason: 'nondeterministic',
    error: new FaultlineError('FAULTLINE_NONDETERMINISTIC', {
      message: `Two runs without faults differ: ${what}.`,
      hint: 'What the first run leaves behind (module variables, rows, files) must be reset in `setup`; time, randomness and UUIDs are the same in every run.',
      ...(finding === undefined ? undefined : { cause: finding.error }),
    }),
  }
}

function filesOf(points: readonly RecordedPoint[]): Set<FileRecord> {
  const files = new Set<FileRecord>()
  for (const { file } of points) if (file !== undefined) files.add(file)
  return files
}

/** The points of deliveries, without what it takes to strike there. */
export function plainPoints(recorded: readonly RecordedPoint[]): Point[] {
  return recorded.flatMap(({ point }) => (point.kind === 'start' ? [] : [point]))
}
