import { FaultlineError } from '../../model/error.ts'
import { inWords, isObject } from './check.ts'
import { REPORT_SCHEMA, REPORT_VERSION, type ReportFile } from './report-file.ts'
import { shape } from './shape.ts'

const AGAIN = 'Run the tests again to write a new one.'

/**
 * A report file out of its text.
 *
 * @param text `undefined` where there is no such file
 * @param fileName for the error
 * @throws FaultlineError `FAULTLINE_REPORT_FILE` for a file that is missing, empty, cut off, no JSON, or not in the
 * shape of its version; `FAULTLINE_REPORT_SCHEMA` for JSON of something else; `FAULTLINE_REPORT_VERSION` for a report
 * of another version of the schema.
 *
 * @example
 * ```ts
 * const file = parseReportFile(await readFile(name, 'utf8'), name)
 * ```
 */
export function parseReportFile(text: string | undefined, fileName: string): ReportFile {
  if (text === undefined)
    throw bad(
      `There is no report file '${fileName}'.`,
      'The Vitest reporter and `faultline run` write one: .faultline/report.json.',
    )
  const value = parseJson(text, fileName)
  if (!isObject(value) || value.schema !== REPORT_SCHEMA) {
    const received = isObject(value) ? inWords(value.schema) : inWords(value)
    throw new FaultlineError('FAULTLINE_REPORT_SCHEMA', {
      message: `'${fileName}' is no report of Faultline: its schema reads ${received}, allowed is '${REPORT_SCHEMA}'.`,
      hint: 'Name the report.json that the Vitest reporter or `faultline run` wrote.',
    })
  }
  if (value.version !== REPORT_VERSION) throw otherVersion(value, fileName)
  const wrong = shape(value, 'report')
  if (wrong !== undefined) throw bad(`'${fileName}' is no whole report: ${wrong}.`, AGAIN)
  return value as unknown as ReportFile
}

function parseJson(text: string, fileName: string): unknown {
  if (text.trim() === '') throw bad(`'${fileName}' is empty.`, AGAIN)
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (cause) {
    const cut = !/[\]}]\s*$/.test(text) || /Unexpected end|Unterminated/.test(String(cause))
    const what = cut ? 'is cut off: it ends in the middle' : 'is not JSON'
    throw bad(`'${fileName}' ${what} (${text.length} characters, ${(cause as Error).message}).`, AGAIN, cause)
  }
}

function otherVersion(value: Record<string, unknown>, fileName: string): FaultlineError {
  const { version, faultline } = value
  const by = typeof faultline === 'string' ? `, written by Faultline ${faultline}` : ''
  const newer = typeof version === 'number' && version > REPORT_VERSION
  return new FaultlineError('FAULTLINE_REPORT_VERSION', {
    message: `'${fileName}' is a report of schema version ${inWords(version)}${by}; this Faultline reads version ${REPORT_VERSION}.`,
    hint: newer ? 'Update Faultline here to the version that wrote it.' : AGAIN,
  })
}

function bad(message: string, hint: string, cause?: unknown): FaultlineError {
  return new FaultlineError('FAULTLINE_REPORT_FILE', { message, hint, cause })
}
