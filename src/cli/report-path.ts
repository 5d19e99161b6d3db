import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseReportFile, type ReportFile } from '../report/file/index.ts'

/** Where reports are, unless another place is named. */
export const REPORT_FOLDER = '.faultline'

/**
 * Reads a report file; `.faultline/report.json` where none is named.
 *
 * @throws FaultlineError where it is missing, truncated, of another schema or version
 */
export function readReport(name: string | undefined, cwd: string): ReportFile {
  const shown = name ?? `${REPORT_FOLDER}/report.json`
  return parseReportFile(textOf(path.resolve(cwd, shown)), shown)
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
