import { FaultlineError } from '../../model/error.ts'
import type { RaceData } from '../../model/race.ts'
import { renderRaces } from '../../report/races.ts'
import { readSource } from '../read-source.ts'

/** Everything that came of an exploration of races; as a string, the terminal report. */
export interface RaceReport extends RaceData {
  /** The terminal report. */
  toString(): string
}

/** Thrown by `runRaces`; its message is the terminal report. */
export class RaceError extends FaultlineError {
  // Not enumerable: runners print, and send to other processes, what is.
  declare readonly report: RaceReport

  constructor(report: RaceReport) {
    super('FAULTLINE_NOT_RESILIENT', { message: report.toString() })
    this.name = 'RaceError'
    Object.defineProperty(this, 'report', { value: report, configurable: true })
  }
}

/** Gives the data a face. */
export function raceReport(data: RaceData): RaceReport {
  return Object.defineProperty({ ...data }, 'toString', {
    value: () => renderRaces(data, { readSource }),
    enumerable: false,
  }) as RaceReport
}
