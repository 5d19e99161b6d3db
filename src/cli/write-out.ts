import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { usedWrongly } from './used-wrongly.ts'

/** Writes what a command makes, and the folders that it needs; where it cannot, the command was used wrongly. */
export function writeOut(file: string, text: string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw usedWrongly(
      `'${path.relative(process.cwd(), file)}' cannot be written: ${reasons[code] ?? code}.`,
      'Another place is given with --out.',
    )
  }
}

const reasons: Readonly<Partial<Record<string, string>>> = {
  EEXIST: 'a file is where a folder would have to be',
  ENOTDIR: 'a file is where a folder would have to be',
  EISDIR: 'it is a folder',
  EACCES: 'that is not allowed',
  EROFS: 'nothing can be written there',
}
