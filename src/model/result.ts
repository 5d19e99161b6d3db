import type { Point } from './point.ts'

/** The names of the faults. */
export type FaultName =
  | 'error'
  | 'crash'
  | 'stall'
  | 'interrupt'
  | 'timeout'
  | 'delay'
  | 'rival'
  | 'duplicate'
  | 'reorder'
  | 'eager'
  | 'exhaust'

export type Outcome = 'survived' | 'failed' | 'unreached' | 'flaky' | 'beyond-policy'

export type Reason =
  | 'assertion'
  | 'snapshot'
  | 'dead'
  | 'runaway'
  | 'hung'
  | 'unsettled'
  | 'rejection'
  | 'undrained'
  | 'deadlock'
  | 'nondeterministic'
  /** Of report files only: a set-up threw, or a file could not be loaded; nothing was tested. */
  | 'not-run'

export type TimelineKind =
  | 'enqueued'
  | 'started'
  | 'glitched'
  | 'completed'
  | 'failed'
  | 'retried'
  | 'rescheduled'
  | 'crashed'
  | 'redelivered'
  | 'settled'
  | 'dead'
  | 'clock'
  | 'checked'
  | 'stalled'
  | 'woke'
  | 'refused'
  | 'interrupted'
  | 'bailedOut'

/** One thing that happened, in virtual time. */
export interface TimelineEvent {
  /** Virtual time, milliseconds since the epoch. */
  readonly at: number
  readonly kind: TimelineKind
  readonly job: string
  readonly jobId: string
  /** 1-based; 0 where no delivery is concerned. */
  readonly delivery: number
  /** `worker 1`, `worker 2` …: a new one after each death. */
  readonly worker: string
  /** In words: the error's message, the time of the retry … */
  readonly detail?: string
  /** Where it happened, for a glitch. */
  readonly point?: Point
}

/** A fault that was injected, and where. */
export interface InjectedFault {
  readonly fault: FaultName
  readonly point: Point
}

/** A line of code. */
export interface CodeLine {
  /** Relative to the project's root, with `/`. */
  readonly file: string
  readonly line: number
  readonly function: string
}

/** What came of one scenario. */
export interface ScenarioResult {
  /** Unique in the report, stable between runs. */
  readonly id: string
  /** Its place in the whole plan, where there is one: by it shards are put together again. */
  readonly index?: number
  /** Empty: the baseline. */
  readonly faults: readonly InjectedFault[]
  readonly outcome: Outcome
  readonly reason?: Reason
  /** Why the real death of a process may differ. */
  readonly approximate?: string
  readonly timing?: 'real'
  readonly error?: Error
  /**
   * The line to blame, where it is not the one where the fault struck: a call that nobody awaits, a promise returned
   * without `await` past its `catch`, the enqueue of what is left or never ends, the await that hangs.
   */
  readonly blame?: CodeLine
  /** The token for `FAULTLINE_REPLAY`. */
  readonly replay: string
  readonly timeline: readonly TimelineEvent[]
  /** Where flaky: the timeline of the run that passed. */
  readonly otherTimeline?: readonly TimelineEvent[]
}

/** Failures that share reason, message and place: one cause, one finding. */
export interface Cause {
  readonly reason: string
  readonly message: string
  readonly point?: Point
  /** The line to blame, where it is not that of the point. */
  readonly blame?: CodeLine
  /** The ids of the scenarios. */
  readonly scenarios: string[]
}

/** Which part of a simulation a report tells of, where `FAULTLINE_SHARD` split it. */
export interface Shard {
  /** 1-based. */
  readonly index: number
  readonly count: number
  /** Where reports of several were merged, and still not all: which they are. */
  readonly merged?: readonly number[]
  /** Scenarios that belong to the other shards; counted in `skipped`, too. */
  readonly elsewhere: number
  /** Scenarios that every shard leaves out alike (hits, sampling); counted in `skipped` of each. */
  readonly alike: number
}

export interface SimulationSummary {
  readonly points: number
  readonly scenarios: number
  readonly survived: number
  readonly failed: number
  readonly unreached: number
  readonly flaky: number
  readonly beyondPolicy: number
  /** Per fault: why it could not strike anywhere, or at how many points it could not. */
  readonly notApplicable: Record<string, string>
  /** Scenarios that were enumerated and not run (sampling, budget, cancellation, hits left out). */
  readonly skipped: number
  /** Why, in words, one entry a reason: `hits` → `3 hits beyond first, second, third and last`. */
  readonly notCovered: Record<string, string>
  /** Every fault at every hit of every point ran; what is `outside` or `ignored` by comments has no points. */
  readonly exhaustive: boolean
  /** survived ÷ (survived + failed + unreached + flaky), 0..1. */
  readonly resilience: number
  readonly durationMs: number
  readonly seed: number
  /** The start of the virtual clock, ISO 8601. */
  readonly now: string
  /** Absent where the report is of the whole. */
  readonly shard?: Shard
}

/** The plain data of a report; see `report/` for its rendering. */
export interface SimulationData {
  readonly name: string
  readonly points: Point[]
  readonly scenarios: ScenarioResult[]
  readonly failures: ScenarioResult[]
  readonly causes: Cause[]
  readonly summary: SimulationSummary
  /** Absolute folder that the points' files are relative to: where the code frames are read from. */
  readonly root: string
  /** The command that runs this test again, as far as it is known: `npx vitest run test/charge.test.ts`. */
  readonly command?: string
}
