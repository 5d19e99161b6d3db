import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { TestModule } from 'vitest/node'
import { VERSION } from '../model/version.ts'
import { parseReportFile, REPORT_SCHEMA, REPORT_VERSION, type ReportFile } from '../report/file/index.ts'
// The fields of `task.meta` that this package adds.
import type {} from './hand-over.ts'

/** What the simulations of one test file left behind. */
export interface ModuleReports {
  readonly root: string
  readonly files: readonly ReportFile[]
  /** Simulations whose report did not arrive: the worker died. */
  readonly lost: readonly string[]
  /** Simulations that ended without a report. */
  readonly broken: readonly string[]
}

/** Reads what the tests of a module handed over, in the order of the tests. */
export function reportsOf(module: TestModule, folder: string): ModuleReports {
  const files: ReportFile[] = []
  const lost: string[] = []
  const broken: string[] = []
  for (const task of [...module.children.allSuites(), ...module.children.allTests()]) {
    const told = task.meta().faultline
    if (told?.broken) broken.push(told.name)
    if (told?.file === undefined) continue
    const file = path.join(folder, path.basename(told.file))
    try {
      files.push(parseReportFile(readFileSync(file, 'utf8'), file))
    } catch {
      lost.push(told.name)
    }
  }
  return { root: module.project.config.root, files, lost, broken }
}

/** All simulations in one file; of the sources, the last seen. */
export function together(files: readonly ReportFile[]): ReportFile {
  return {
    schema: REPORT_SCHEMA,
    version: REPORT_VERSION,
    faultline: VERSION,
    simulations: files.flatMap(({ simulations }) => simulations),
    races: files.flatMap(({ races }) => races),
    sources: Object.assign({}, ...files.map(({ sources }) => sources)),
  }
}
