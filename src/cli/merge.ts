import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { mergeReportFiles, serializeReportFile } from '../report/file/index.ts'
import { plural } from '../report/words.ts'
import { type Command, exitCodes } from './command.ts'
import { REPORT_FOLDER, readReport } from './report-path.ts'
import { usedWrongly } from './used-wrongly.ts'

/** `faultline merge`. */
export const merge: Command = {
  name: 'merge',
  takes: '<report.json>…',
  about: 'Makes one report out of those of shards',
  teaches: `
Each shard ran a part of the scenarios (FAULTLINE_SHARD=1/4). Merged, they are the report that one run would have
written. Reports of different commits are refused.

Example:
  npx faultline merge shards/*.json --out .faultline/report.json
  npx faultline gate --min 100

Exit codes: 0 merged, 2 a report is missing, cut off, or does not belong to the others.
`,
  options: {
    out: { type: 'string', value: 'file', about: 'where to write it; default .faultline/report.json' },
  },
  run({ positionals, values, cwd, print }) {
    if (positionals.length === 0)
      throw usedWrongly(
        'merge needs the reports of the shards: received none.',
        '`faultline merge --help` shows an example.',
      )
    const merged = mergeReportFiles(positionals.map((name) => readReport(name, cwd)))
    const out = typeof values.out === 'string' ? values.out : `${REPORT_FOLDER}/report.json`
    const file = path.resolve(cwd, out)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, serializeReportFile(merged))
    const scenarios = merged.simulations.reduce((sum, { summary }) => sum + summary.scenarios, 0)
    const what = `${plural(merged.simulations.length, 'simulation')}, ${plural(scenarios, 'scenario')}`
    print(`${plural(positionals.length, 'report')} merged into ${out}: ${what}`)
    return exitCodes.survived
  },
}
