import { unknownName } from '../explore/index.ts'
import { FaultlineError } from '../model/error.ts'

/** How the reporter reports. */
export interface FaultlineReporterOptions {
  /** 0..100: with less than this survived, the run fails, as with a coverage threshold. Default: no threshold. */
  readonly minResilience?: number
  /** Where report.json and report.html go, relative to the project's root. Default `.faultline`. */
  readonly outputDir?: string
  /** Whether report.json is written. Default true. */
  readonly json?: boolean
  /** Whether report.html is written. Default true. */
  readonly html?: boolean
}

const names = [
  'minResilience',
  'outputDir',
  'json',
  'html',
] as const satisfies readonly (keyof FaultlineReporterOptions)[]

/**
 * Checks what the configuration says.
 *
 * @throws FaultlineError `FAULTLINE_BAD_OPTION`
 */
export function checkedReporterOptions(options: FaultlineReporterOptions): FaultlineReporterOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw bad(`The reporter takes an object of options: received ${String(options)}.`)
  for (const name of Object.keys(options))
    if (!(names as readonly string[]).includes(name)) throw unknownName('option of the reporter', name, names)
  const { minResilience: min, outputDir } = options
  for (const name of ['json', 'html'] as const) {
    const value = options[name]
    if (value !== undefined && typeof value !== 'boolean')
      throw bad(`${name}: received ${String(value)}; allowed are true and false.`)
  }
  if (min !== undefined && !(typeof min === 'number' && min >= 0 && min <= 100))
    throw bad(`minResilience: received ${String(min)}; allowed is a percentage, 0 to 100.`)
  if (outputDir !== undefined && (typeof outputDir !== 'string' || outputDir === ''))
    throw bad(`outputDir: received ${String(outputDir)}; allowed is a folder, such as '.faultline'.`)
  return options
}

function bad(message: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', { message })
}
