import type { PointKind } from '../model/point.ts'
import type { CodeLine } from '../model/result.ts'
import type { CodePlace } from './activation.ts'
import type { CallSite } from './call-site.ts'
import { placesOf } from './places.ts'
import { shared } from './shared.ts'

/** The line of a place: of its names, where a function that is called or a statement begins, or the given kind. */
export function codeLine(at: CodePlace | undefined, kind?: PointKind): CodeLine | undefined {
  if (at === undefined) return undefined
  const place = placesOf(at.file)[at.index]!
  const names = [place, ...place.also]
  const wanted = kind ?? (at.entry ? 'call' : 'line')
  const name = names.find((one) => one.kind === wanted) ?? place
  return { file: place.file, line: name.line, function: place.function }
}

/** The same of a line that a stack names. */
export function codeLineAt(site: CallSite | undefined): CodeLine | undefined {
  if (site === undefined) return undefined
  const file = Object.values(shared.files).find(({ path }) => path === site.file)
  const place = file && placesOf(file).findLast(({ line }) => line <= site.line)
  return { ...site, function: place?.function ?? '' }
}
