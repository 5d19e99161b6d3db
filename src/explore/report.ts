import { FaultlineError } from '../model/error.ts'
import type { Point } from '../model/point.ts'
import type { ScenarioResult, Shard, SimulationData, SimulationSummary } from '../model/result.ts'
import { renderTerminal } from '../report/terminal.ts'
import { causesOf } from './causes.ts'
import { readSource } from './read-source.ts'

/** Everything that came of a simulation; as a string, the terminal report. */
export interface SimulationReport extends SimulationData {
  /** The terminal report. */
  toString(): string
}

/** Thrown by `runSimulation` and `runScenario`; its message is the terminal report. */
export class ResilienceError extends FaultlineError {
  // Not enumerable: runners print, and send to other processes, what is.
  declare readonly report: SimulationReport

  constructor(report: SimulationReport) {
    super('FAULTLINE_NOT_RESILIENT', { message: report.toString() })
    this.name = 'ResilienceError'
    Object.defineProperty(this, 'report', { value: report, configurable: true })
  }
}

/** What a report is made of. */
export interface ReportParts {
  readonly name: string
  readonly points: readonly Point[]
  readonly results: readonly ScenarioResult[]
  readonly notApplicable: Record<string, string>
  readonly notCovered: Record<string, string>
  readonly skipped: number
  readonly durationMs: number
  readonly seed: number
  readonly nowMs: number
  readonly root: string
  readonly command?: string | undefined
  readonly shard?: Shard | undefined
}

/** Whether an outcome makes `runSimulation` throw. */
export function isFailure({ outcome }: ScenarioResult): boolean {
  return outcome === 'failed' || outcome === 'unreached' || outcome === 'flaky'
}

/** Counts, groups, and gives it a face. */
export function makeReport(parts: ReportParts): SimulationReport {
  const failures = parts.results.filter(isFailure)
  const data: SimulationData = {
    name: parts.name,
    points: [...parts.points],
    scenarios: [...parts.results],
    failures,
    causes: causesOf(failures, parts.root),
    summary: summarise(parts),
    root: parts.root,
    ...(parts.command === undefined ? undefined : { command: parts.command }),
  }
  return Object.defineProperty(data, 'toString', {
    value: () => renderTerminal(data, { readSource }),
    enumerable: false,
  }) as SimulationReport
}

/** What the user declared not to be under test, and what verdicts are worth, makes no run less exhaustive. */
const declared = new Set(['outside', 'ignored', 'memory', 'sharedMemory', 'load'])

function summarise({ results, ...parts }: ReportParts): SimulationSummary {
  const count = (outcome: ScenarioResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length
  const [survived, failed, unreached, flaky] = [
    count('survived'),
    count('failed'),
    count('unreached'),
    count('flaky'),
  ]
  const judged = survived + failed + unreached + flaky
  return {
    points: parts.points.length,
    scenarios: results.length,
    survived,
    failed,
    unreached,
    flaky,
    beyondPolicy: count('beyond-policy'),
    notApplicable: parts.notApplicable,
    skipped: parts.skipped,
    notCovered: parts.notCovered,
    exhaustive: parts.skipped === 0 && Object.keys(parts.notCovered).every((key) => declared.has(key)),
    resilience: judged === 0 ? 0 : survived / judged,
    durationMs: parts.durationMs,
    seed: parts.seed,
    now: new Date(parts.nowMs).toISOString(),
    ...(parts.shard === undefined ? undefined : { shard: parts.shard }),
  }
}
