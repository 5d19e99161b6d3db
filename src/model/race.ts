import type { InjectedFault, Outcome, Reason, TimelineEvent } from './result.ts'

/** One work of a race: the letter that stands for it in schedules, and its name. */
export interface RaceMember {
  readonly letter: string
  readonly name: string
}

/** A delivery that was set aside: it waited for another one. */
export interface BlockedDelivery {
  readonly letter: string
  /** The letters of those it waited for; empty where nobody could tell. */
  readonly by: readonly string[]
  /** The database was asked; else a grace period decided. */
  readonly certain: boolean
  /** `src/jobs/charge.ts:14`; empty outside of instrumented code. */
  readonly at: string
  /** What for, in words: `a lock on orders`. */
  readonly what?: string
}

/** A line that a racer executed. */
export interface RaceLine {
  readonly letter: string
  /** Which step of the schedule, counted from 0. */
  readonly step: number
  readonly file: string
  readonly line: number
}

/** What came of one race: several deliveries and one schedule. */
export interface RaceResult {
  /** Who made each step: `AABAB`. */
  readonly schedule: string
  /** How often a delivery that could have gone on was interrupted. */
  readonly preemptions: number
  /** Empty unless faults were asked for. */
  readonly faults: readonly InjectedFault[]
  readonly outcome: Outcome
  readonly reason?: Reason
  readonly error?: Error
  readonly blocked: readonly BlockedDelivery[]
  /** The token for `FAULTLINE_REPLAY`. */
  readonly replay: string
  readonly timeline: readonly TimelineEvent[]
  /** Why it may end otherwise in production. */
  readonly approximate?: string
  readonly timing?: 'real'
  /** Who executed which line, in order; of failures that are told in full. */
  readonly lines?: readonly RaceLine[]
}

/** Which shard runs a race, where `FAULTLINE_SHARD` leaves it to another one: a race is run by one of them, whole. */
export interface RaceShard {
  /** This one, 1-based. */
  readonly index: number
  readonly count: number
  /** The one that runs it. */
  readonly runBy: number
}

/** The numbers of a {@link RaceData}. */
export interface RaceSummary {
  /** How many schedules there are, exactly; of the deliveries as they run one after the other. */
  readonly schedules: string
  /** How many were run. */
  readonly run: number
  readonly survived: number
  readonly failed: number
  readonly flaky: number
  /** With faults: how many went another way, so that the fault never struck. */
  readonly unreached: number
  /** In how many races all waited for each other. */
  readonly deadlocks: number
  /** What holds, in words. */
  readonly guarantee: string
  /** All schedules were run. */
  readonly exhaustive: boolean
  readonly seed: number
  /** The start of the virtual clock, ISO 8601. */
  readonly now: string
  readonly durationMs: number
  /** Present where another shard runs it, and nothing was run here. */
  readonly shard?: RaceShard
}

/** The plain data of a report on races; see `report/` for its rendering. */
export interface RaceData {
  readonly name: string
  readonly members: readonly RaceMember[]
  /** Steps of each work where they run one after the other. */
  readonly steps: readonly number[]
  readonly races: readonly RaceResult[]
  readonly failures: readonly RaceResult[]
  readonly summary: RaceSummary
  /** It is wrong where the works run one after the other. */
  readonly wrongInSeries: boolean
  /** Absolute folder that the files are relative to. */
  readonly root: string
  readonly command?: string
}
