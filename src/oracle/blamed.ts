import type { CodeLine } from '../model/result.ts'
import { type CodePlace, placesOf } from '../runtime/index.ts'

/** The line of a place: of its names, where a function that is called or a statement begins. */
export function blamed(at: CodePlace | undefined): CodeLine | undefined {
  if (at === undefined) return undefined
  const place = placesOf(at.file)[at.index]!
  const names = [place, ...place.also]
  const name = names.find(({ kind }) => kind === (at.entry ? 'call' : 'line')) ?? place
  return { file: place.file, line: name.line, function: place.function }
}
