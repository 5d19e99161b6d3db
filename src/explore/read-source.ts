import { readFileSync } from 'node:fs'

/** The text of a source file, for code frames; `undefined` where it cannot be read. */
export function readSource(absoluteFile: string): string | undefined {
  try {
    return readFileSync(absoluteFile, 'utf8')
  } catch {
    return undefined
  }
}
