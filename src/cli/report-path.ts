import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseReportFile, type ReportFile } from '../report/file/index.ts'
import { usedWrongly } from './used-wrongly.ts'

/** Where reports are, unless another place is named. */
export const REPORT_FOLDER = '.faultline'

const example = `${REPORT_FOLDER}/report.json`

/**
 * Reads a report file; `.faultline/report.json` where none is named.
 *
 * @throws FaultlineError where it is missing, truncated, of another schema or version
 */
export function readReport(name: string | undefined, cwd: string): ReportFile {
  const shown = name ?? example
  return parseReportFile(textOf(path.resolve(cwd, shown), shown), shown)
}

function textOf(file: string, shown: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code === 'EISDIR')
      throw usedWrongly(`'${shown}' is a folder: allowed is a report file, such as ${example}.`)
    throw usedWrongly(`'${shown}' cannot be read: ${code}.`)
  }
}
