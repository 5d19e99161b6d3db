import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { inject } from 'vitest'
import type { RaceReport, SimulationReport } from '../explore/index.ts'
import {
  notRun,
  type ReportFile,
  raceEntryOf,
  raceSources,
  reportFileOf,
  serializeReportFile,
} from '../report/file/index.ts'

/** What a test tells of its simulation, in `task.meta.faultline`. */
export interface SimulationMeta {
  readonly name: string
  readonly points: number
  readonly scenarios: number
  readonly survived: number
  /** 0..1 */
  readonly resilience: number
  /** The whole report, where the reporter of `faultline/vitest/reporter` asked for it: a file below its folder. */
  readonly file?: string
  /** It could not be run: its test says why. */
  readonly broken?: true
  /** Its test was registered, and no more: a hook before it threw, its time was up, or its worker died. */
  readonly registered?: true
  /** With `each`, this scenario began: what came of it is told with the suite. */
  readonly begun?: true
}

declare module 'vitest' {
  interface TaskMeta {
    faultline?: SimulationMeta
  }
  interface ProvidedContext {
    faultlineReports?: string
  }
}

/** The folder in which the reporter wants reports; undefined where there is no reporter. */
function folder(): string | undefined {
  return inject('faultlineReports')
}

/**
 * Tells the reporter what came of a simulation. What is sent to the main process is small whatever the pool: the report
 * itself is left in a file.
 */
export function handOver(report: SimulationReport, testFile: string): SimulationMeta {
  const { name, summary } = report
  const { points, scenarios, survived, resilience } = summary
  const meta = { name, points, scenarios, survived, resilience }
  return leave(meta, () => reportFileOf({ simulations: [{ report, testFile }] }))
}

/** What a test tells before it runs. */
export function registered(name: string): SimulationMeta {
  return { name, points: 0, scenarios: 0, survived: 0, resilience: 0, registered: true }
}

/** What is told of a simulation that ended without a report of its own: its boot or setup threw. */
export function handOverNotRun(
  setup: { readonly name: string; readonly seed: number; readonly nowMs: number; readonly command?: string },
  thrown: unknown,
  testFile: string,
): SimulationMeta {
  const { name, seed, nowMs, command } = setup
  const meta = { name, points: 0, scenarios: 0, survived: 0, resilience: 0, broken: true } as const
  const report = notRun({
    name,
    error: thrown,
    root: process.cwd(),
    seed,
    nowMs,
    ...(command && { command }),
  })
  return leave(meta, () => reportFileOf({ simulations: [{ report, testFile }] }))
}

/** The same for races: their schedules are its scenarios. */
export function handOverRaces(report: RaceReport, testFile: string): SimulationMeta {
  const { run, survived } = report.summary
  const meta = {
    name: report.name,
    points: 0,
    scenarios: run,
    survived,
    resilience: run === 0 ? 0 : survived / run,
  }
  const race = { report, testFile }
  return leave(meta, () =>
    reportFileOf({ simulations: [], races: [raceEntryOf(race)], sources: raceSources(race) }),
  )
}

function leave(meta: SimulationMeta, content: () => ReportFile): SimulationMeta {
  const place = folder()
  if (place === undefined) return meta
  const file = `${randomUUID()}.json`
  writeFileSync(path.join(place, file), serializeReportFile(content()))
  return { ...meta, file }
}
