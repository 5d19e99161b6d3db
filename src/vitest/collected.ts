import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { TestModule, TestSuite } from 'vitest/node'
import { VERSION } from '../model/version.ts'
import {
  notRun,
  parseReportFile,
  REPORT_SCHEMA,
  REPORT_VERSION,
  type ReportFile,
  reportFileOf,
} from '../report/file/index.ts'
import { shellWord } from '../report/replay.ts'
// The fields of `task.meta` that this package adds.
import type {} from './hand-over.ts'
import { type NeverRan, neverRan, notLoaded } from './never-ran.ts'

/** What the simulations of one test file left behind. */
export interface ModuleReports {
  readonly root: string
  readonly files: readonly ReportFile[]
}

/** Reads what the tests of a module handed over, in the order of the tests; what handed nothing over could not be run. */
export function reportsOf(module: TestModule, folder: string, startedMs: number): ModuleReports {
  const { root } = module.project.config
  const files: ReportFile[] = []
  const missing: NeverRan[] = []
  const reported = new Set<TestSuite>()
  for (const task of [...module.children.allSuites(), ...module.children.allTests()]) {
    const told = task.meta().faultline
    if (told?.file === undefined) continue
    if (task.type === 'suite') reported.add(task)
    const file = path.join(folder, path.basename(told.file))
    try {
      files.push(parseReportFile(readFileSync(file, 'utf8'), file))
    } catch {
      missing.push({ name: told.name, error: new Error('Its report did not arrive: its worker died.') })
    }
  }
  missing.push(...neverRan(module, reported), ...[notLoaded(module)].filter((one) => one !== undefined))
  const testFile = module.relativeModuleId
  const simulations = missing.map((one) => ({
    report: notRun({ ...one, root, nowMs: startedMs, command: `npx vitest run ${shellWord(testFile)}` }),
    testFile,
  }))
  return { root, files: missing.length === 0 ? files : [...files, reportFileOf({ simulations })] }
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
