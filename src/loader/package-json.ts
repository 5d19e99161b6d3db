import { readFileSync } from 'node:fs'
import path from 'node:path'
import { FaultlineError } from '../model/error.ts'

/** The nearest package.json above a folder. */
export interface NearestPackage {
  readonly folder: string
  readonly data: {
    readonly name?: unknown
    readonly version?: unknown
    readonly type?: unknown
    readonly faultline?: unknown
  }
}

/**
 * Finds the nearest package.json, in the folder itself or above.
 *
 * @throws FaultlineError `FAULTLINE_BAD_OPTION` where it is no JSON object
 */
export function nearestPackage(from: string): NearestPackage | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const text = read(path.join(folder, 'package.json'))
    if (text !== undefined) return { folder, data: parsed(text, path.join(folder, 'package.json')) }
    if (path.dirname(folder) === folder) return undefined
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function parsed(text: string, file: string): NearestPackage['data'] {
  try {
    const data: unknown = JSON.parse(text)
    if (typeof data === 'object' && data !== null) return data
    throw new TypeError(`received ${text.slice(0, 40)}`)
  } catch (cause) {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', { message: `${file} is no JSON object.`, cause })
  }
}
