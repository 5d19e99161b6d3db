import path from 'node:path'
import {
  mergeReportFiles,
  missingShards,
  type ReportFile,
  serializeReportFile,
} from '../report/file/index.ts'
import { plural } from '../report/words.ts'
import { type Command, exitCodes } from './command.ts'
import { REPORT_FOLDER, readReport } from './report-path.ts'
import { usedWrongly } from './used-wrongly.ts'
import { writeOut } from './write-out.ts'

/** `faultline merge`. */
export const merge: Command = {
  name: 'merge',
  takes: '<report.json>…',
  about: 'Makes one report out of those of shards',
  teaches: `
Each shard ran a part of the scenarios (FAULTLINE_SHARD=1/4). Merged, they are the report that one run would have
written. Reports of different commits are refused. Shards that are missing are named, and \`gate\` does not pass what it
cannot know.

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
    writeOut(file, serializeReportFile(merged))
    const scenarios = merged.simulations.reduce((sum, { summary }) => sum + summary.scenarios, 0)
    const races = merged.races.length === 0 ? '' : `, ${plural(merged.races.length, 'race')}`
    const what = `${plural(merged.simulations.length, 'simulation')}, ${plural(scenarios, 'scenario')}${races}`
    print(`${plural(positionals.length, 'report')} merged into ${out}: ${what}`)
    for (const line of lackLines(merged)) process.stderr.write(`faultline: ${line}\n`)
    return exitCodes.survived
  },
}

/** What is not there must not look like what survived. */
function lackLines({ simulations, races }: ReportFile): string[] {
  const left = races.flatMap(({ name, shard }) =>
    shard === undefined
      ? []
      : [`the race '${name}' is missing: shard ${shard.runBy} of ${shard.count} ran it.`],
  )
  const lacking = simulations.flatMap(({ name, shard }) => {
    if (shard === undefined || shard.others === 0) return []
    const missing = missingShards(shard)
    const parts = missing.length === 1 ? `shard ${missing[0]} is` : `shards ${missing.join(', ')} are`
    return [
      `'${name}' is not whole: ${parts} missing of ${shard.count}, with ${plural(shard.others, 'scenario')}.`,
    ]
  })
  return [...lacking, ...left]
}
