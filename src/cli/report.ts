import path from 'node:path'
import { htmlReport } from '../report/html/index.ts'
import { type Command, exitCodes } from './command.ts'
import { REPORT_FOLDER, readReport } from './report-path.ts'
import { usedWrongly } from './used-wrongly.ts'
import { writeOut } from './write-out.ts'

/** `faultline report`. */
export const report: Command = {
  name: 'report',
  takes: '[report.json] [--out dir]',
  about: 'Writes the HTML report: one file that opens from disk',
  teaches: `
Reads .faultline/report.json, unless another file is named, and writes report.html beside the others.

Example:
  npx faultline report
  open .faultline/report.html

Exit codes: 0 written, 2 there is no report that can be read.
`,
  options: { out: { type: 'string', value: 'dir', about: 'where report.html goes; default .faultline' } },
  run({ positionals, values, cwd, print }) {
    if (positionals.length > 1)
      throw usedWrongly(
        `report takes one report: received ${positionals.length}.`,
        'Make one of them first: faultline merge shard-*.json',
      )
    const page = htmlReport(readReport(positionals[0], cwd))
    const out = typeof values.out === 'string' ? values.out : REPORT_FOLDER
    const file = path.resolve(cwd, out, 'report.html')
    writeOut(file, page)
    print(path.relative(cwd, file))
    return exitCodes.survived
  },
}
