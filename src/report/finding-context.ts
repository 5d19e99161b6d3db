import type { ScenarioResult, SimulationData } from '../model/result.ts'
import type { Paint } from './paint.ts'
import type { Surroundings } from './place.ts'
import type { FileVerdicts } from './verdicts.ts'

/** What all findings of a report share. */
export interface FindingContext {
  readonly data: SimulationData
  readonly scenarios: ReadonlyMap<string, ScenarioResult>
  readonly verdicts: ReadonlyMap<string, FileVerdicts>
  readonly around: Surroundings
  readonly source: (file: string) => string | undefined
  readonly startMs: number
  readonly width: number
  readonly paint: Paint
}
