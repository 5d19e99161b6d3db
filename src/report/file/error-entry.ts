import { messageOf } from '../message.ts'
import type { ErrorEntry } from './report-file.ts'

/** An error as the file keeps it: bounded, printable, without the root's path. */
export function errorEntryOf(error: Error, root: string): ErrorEntry {
  const { title, rest, hint, thrownAt } = messageOf(error, error.name, root)
  const told = (text: string): string => withoutRoot(text, root)
  return {
    name: told(error.name),
    title: told(title),
    ...(rest.length === 0 ? undefined : { rest: rest.map(told) }),
    ...(hint === undefined ? undefined : { hint: told(hint) }),
    ...(thrownAt === undefined ? undefined : { thrownAt }),
  }
}

/** A text with files below the root named relative to it. */
export function withoutRoot(text: string, root: string): string {
  if (root.length < 2) return text
  return text.replaceAll(`file://${root}/`, '').replaceAll(`${root}/`, '')
}
