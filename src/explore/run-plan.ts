import type { InjectedFault, ScenarioResult } from '../model/result.ts'
import type { Finding } from '../oracle/index.ts'
import type { Session, Watchdog } from '../perform/index.ts'
import type { Mode } from '../runtime/index.ts'
import type { Assertions, SimulationOptions } from './options.ts'
import type { OtherPayload } from './payloads.ts'
import type { Work } from './work.ts'
import type { Started } from './work-start.ts'

/** What is simulated, and how: fixed for all runs of a simulation. */
export interface Setup<W> {
  readonly work: Work
  readonly assertions: Assertions<W> | undefined
  readonly options: SimulationOptions<W>
  readonly name: string
  readonly seed: number
  readonly nowMs: number
  /** What runs this test again, for the report. */
  readonly command?: string
  /** Told of each scenario as soon as its outcome is certain. */
  readonly onResult?: (result: ScenarioResult) => void
}

/** What makes one run differ from another. */
export interface RunPlan {
  readonly id: string
  readonly faults: readonly InjectedFault[]
  readonly mode: Mode
  /** Delivered instead of the work's own; the assertions and the checks judge it, and no snapshot. */
  readonly payload?: OtherPayload
  /** Waits a little longer for code that was left running. */
  readonly patient?: boolean
  /** Told after a worker died, before the queue is; what it throws ends the run. */
  crashed?(session: Session, world: unknown): Promise<void>
  /** Arms the mode; called when the world is set up. */
  arm(session: Session): void
  /** Performs something else than the work, in the order of the queue: a race. */
  readonly perform?: (session: Session, world: unknown) => Promise<Performance>
  /** Who gives up on deliveries that hang, where it is not the watchdog. */
  readonly watchdog?: Pick<Watchdog, 'watch'>
}

/** What came of one run. */
export interface RunEnd {
  readonly finding: Finding | undefined
  readonly session: Session
  readonly rootJobId: string
  /** Why nobody can judge it: a fault that kills the job for good did not. */
  readonly notApplicable?: string
  /** Where `snapshot` was given. */
  readonly snapshot?: unknown
}

/** What was performed. */
export interface Performance extends Started {
  readonly untilMs?: number
  readonly finding?: Finding
}
