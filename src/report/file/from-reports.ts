import { VERSION } from '../../model/version.ts'
import { type ReadSource, readFromDisk, sourceReader } from '../source.ts'
import { type RaceEntry, REPORT_SCHEMA, REPORT_VERSION, type ReportFile } from './report-file.ts'
import { type ReportedSimulation, simulationEntryOf } from './simulation-entry.ts'

/** What a report file is made of. */
export interface ReportFileParts {
  readonly simulations: readonly ReportedSimulation[]
  readonly races?: readonly RaceEntry[]
  /** The texts of the files that the races' steps are in, by their names there. */
  readonly sources?: Readonly<Record<string, string>>
  /** Default: reads from disk. */
  readonly readSource?: ReadSource
}

/**
 * The report file of some simulations and races, with the source of every file that a point or a line to blame is in.
 *
 * @example
 * ```ts
 * const file = reportFileOf({ simulations: [{ report: await simulate(work), testFile: 'test/charge.test.ts' }] })
 * await writeFile('.faultline/report.json', serializeReportFile(file))
 * ```
 */
export function reportFileOf({
  simulations,
  races = [],
  sources: given = {},
  readSource = readFromDisk,
}: ReportFileParts): ReportFile {
  const entries = simulations.map(simulationEntryOf)
  const sources: Record<string, string> = { ...given }
  entries.forEach(({ points, scenarios }, index) => {
    const read = sourceReader(simulations[index]!.report.root, readSource)
    const blamed = scenarios.flatMap(({ blame }) => blame ?? [])
    for (const { file } of [...points, ...blamed]) {
      if (file === '' || Object.hasOwn(sources, file)) continue
      const text = read(file)
      if (text !== undefined) sources[file] = text
    }
  })
  return {
    schema: REPORT_SCHEMA,
    version: REPORT_VERSION,
    faultline: VERSION,
    simulations: entries,
    races: [...races],
    sources,
  }
}
