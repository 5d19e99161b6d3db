import type { Point } from '../../model/point.ts'
import type { RaceShard } from '../../model/race.ts'
import type {
  CodeLine,
  FaultName,
  Outcome,
  Reason,
  SimulationSummary,
  TimelineKind,
} from '../../model/result.ts'

/** The name of the schema, the first thing in every file. */
export const REPORT_SCHEMA = 'faultline-report'
/** Grows with every change that a reader of the version before would misread. */
export const REPORT_VERSION = 1

/**
 * What `.faultline/report.json` holds: all it takes to show a run again, without its sources on disk. Files are
 * relative to the project's root, times of timelines relative to the start of the virtual clock. See
 * `docs/report-file.md`.
 */
export interface ReportFile {
  readonly schema: typeof REPORT_SCHEMA
  readonly version: typeof REPORT_VERSION
  /** The version of the package that wrote it. */
  readonly faultline: string
  readonly simulations: readonly SimulationEntry[]
  readonly races: readonly RaceEntry[]
  /** The text of each file that a point is in, by its name in the points. */
  readonly sources: Readonly<Record<string, string>>
}

/** One simulation. */
export interface SimulationEntry {
  readonly name: string
  /** The test file that it is in, relative to the root. */
  readonly testFile?: string
  /** The command that runs it again. */
  readonly command?: string
  /** Where only a share of the scenarios was run. */
  readonly shard?: ShardEntry
  readonly summary: SimulationSummary
  readonly causes: readonly CauseEntry[]
  /** The first `summary.points` are those of the run without faults; rows and events refer to all by their index. */
  readonly points: readonly Point[]
  /** Rows refer to these by their index. */
  readonly errors: readonly ErrorEntry[]
  readonly scenarios: readonly ScenarioEntry[]
}

/** Which share of a simulation's scenarios this is. */
export interface ShardEntry {
  /** 1-based. */
  readonly index: number
  readonly count: number
  /** Where several were merged, and still not all: which are here. */
  readonly merged?: readonly number[]
  /** Scenarios left to the other shards; `summary.skipped` counts them, too. */
  readonly others: number
  /** Scenarios that every shard leaves out alike (hits, sampling); counted in `summary.skipped` of each. */
  readonly alike?: number
}

/** Scenarios that came to the same end. */
export interface CauseEntry {
  readonly reason: string
  readonly message: string
  /** An index of `points`. */
  readonly point?: number
  /** The line to blame, where it is not that of the point. */
  readonly blame?: CodeLine
  /** The ids of the scenarios. */
  readonly scenarios: readonly string[]
}

/** An error as it is told. */
export interface ErrorEntry {
  readonly name: string
  /** The first line of the message. */
  readonly title: string
  /** Its further lines. */
  readonly rest?: readonly string[]
  readonly hint?: string
  /** `test/charge.test.ts:20`, where that is first-party code. */
  readonly thrownAt?: string
}

/** One scenario: a row. */
export interface ScenarioEntry {
  readonly id: string
  /** Its place in the whole plan, 0-based: shards are put together in this order. */
  readonly index: number
  readonly faults: readonly { readonly fault: FaultName; readonly point: number }[]
  readonly outcome: Outcome
  readonly reason?: Reason
  /** An index of `errors`. */
  readonly error?: number
  /** The line to blame, where it is not the one where the fault struck. */
  readonly blame?: CodeLine
  readonly approximate?: string
  readonly timing?: 'real'
  readonly replay: string
  /** Of failures only, and of a cause's first {@link TIMELINES_MAX} only. */
  readonly timeline?: readonly EventEntry[]
  /** Where flaky: the run that passed. */
  readonly otherTimeline?: readonly EventEntry[]
}

/** One event of a timeline. */
export interface EventEntry {
  /** Virtual milliseconds since `summary.now`. */
  readonly at: number
  readonly kind: TimelineKind | 'left-out'
  readonly job: string
  readonly jobId: string
  readonly delivery: number
  readonly worker: string
  readonly detail?: string
  /** An index of `points`. */
  readonly point?: number
}

/** Scenarios of one cause that keep their timeline. */
export const TIMELINES_MAX = 50

/** Failures of a race that are told step by step; of the others, the counts tell. */
export const RACE_FAILURES_MAX = 50

/** One exploration of a race. */
export interface RaceEntry {
  readonly name: string
  readonly testFile?: string
  readonly command?: string
  /** `A`, `B` … in words: `checkout`, `checkout, redelivered`. */
  readonly racers: readonly string[]
  /** Present where this report is of a shard that leaves the race to another one. */
  readonly shard?: RaceShard
  readonly summary: RaceSummaryEntry
  /** The first {@link RACE_FAILURES_MAX} of them. */
  readonly failures: readonly RaceFailureEntry[]
  readonly notCovered?: Readonly<Record<string, string>>
}

/** The counts of a race, and what they are worth. */
export interface RaceSummaryEntry {
  /** How many schedules there are, in words or digits. */
  readonly schedules: string
  readonly run: number
  readonly failed: number
  readonly deadlocks: number
  /** What holds: `all 70 schedules, at first-party awaits; library calls atomic`. */
  readonly guarantee: string
  readonly exhaustive: boolean
  readonly seed: number
  readonly durationMs: number
}

/** A schedule under which the race went wrong. */
export interface RaceFailureEntry {
  /** `AABAB` */
  readonly schedule: string
  readonly outcome: string
  readonly reason?: string
  readonly error?: ErrorEntry
  readonly replay: string
  /** What ran, in order: one column per racer. */
  readonly steps: readonly RaceStepEntry[]
}

/** What one racer did at one step. */
export interface RaceStepEntry {
  /** An index of `racers`. */
  readonly racer: number
  /** Empty for the queue's own steps. */
  readonly file: string
  /** 0 where there is none. */
  readonly line: number
  /** The source of the line, or what happened in words. */
  readonly text: string
  /** It waits here for another racer. */
  readonly blocked?: boolean
}
