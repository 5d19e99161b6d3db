import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** Reads a source file; `undefined` where there is none to read. */
export type ReadSource = (absoluteFile: string) => string | undefined

/** Reads from disk. */
export function readFromDisk(absoluteFile: string): string | undefined {
  try {
    return readFileSync(absoluteFile, 'utf8')
  } catch {
    return undefined
  }
}

/** A reader of files relative to the root, each read once. */
export function sourceReader(
  root: string,
  read: ReadSource = readFromDisk,
): (file: string) => string | undefined {
  const known = new Map<string, string | undefined>()
  return (file) => {
    if (!known.has(file)) known.set(file, read(resolve(root, file)))
    return known.get(file)
  }
}
