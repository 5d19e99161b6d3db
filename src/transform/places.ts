import type { PlaceCode, PlaceNameRow, PlaceRow } from '../model/place-row.ts'
import { placeFlags } from '../model/place-row.ts'
import type { Bypass } from './bypass.ts'
import type { Lines } from './lines.ts'

/** One name of a place. */
export interface PlaceName {
  readonly kind: PlaceCode
  readonly offset: number
  readonly canFail: boolean
  readonly tryEnd?: boolean
  readonly loop?: boolean
  /** A returned await in a `try`. */
  readonly guarded?: boolean
  /** It leaves a `try` without its rejection being seen there. */
  readonly passes?: Bypass
}

/** A place before it has a number: numbers follow the order of the source, which is known at the end. */
export class PlaceDraft {
  index = -1
  /** Its function uses module variables which functions change. */
  memory = false
  readonly fn: string
  readonly pausable: boolean
  readonly names: readonly PlaceName[]

  constructor(fn: string, pausable: boolean, names: readonly PlaceName[]) {
    this.fn = fn
    this.pausable = pausable
    this.names = names
  }
}

/** Marks the places within functions that use module variables. */
export function markMemory(
  places: readonly PlaceDraft[],
  users: readonly { readonly start: number; readonly end: number }[],
): void {
  if (users.length === 0) return
  for (const place of places) {
    const { offset } = place.names[0]!
    place.memory = users.some(({ start, end }) => start <= offset && offset < end)
  }
}

/** Numbers the places in the order of the source and writes their table. */
export function tabulate(places: readonly PlaceDraft[], lines: Lines): PlaceRow[] {
  const sorted = [...places].sort((a, b) => a.names[0]!.offset - b.names[0]!.offset)
  const firsts = firstOffsets(sorted, lines)
  return sorted.map((place, index) => {
    place.index = index
    const [main, ...others] = place.names.map((name) => rowOf(name, place, lines, firsts))
    const [kind, line, column, flags] = main!
    const canFail = place.names.some((name) => name.canFail) ? placeFlags.canFail : 0
    const memory = place.memory ? placeFlags.memory : 0
    const row: PlaceRow = [kind, line, column, place.fn, flags | canFail | memory]
    if (others.length > 0) row.push(others)
    return row
  })
}

function rowOf(name: PlaceName, place: PlaceDraft, lines: Lines, firsts: Map<string, number>): PlaceNameRow {
  const { line, column } = lines.at(name.offset)
  let flags = 0
  if (name.canFail) flags |= placeFlags.canFail
  if (place.pausable) flags |= placeFlags.pausable
  if (name.tryEnd) flags |= placeFlags.tryEnd
  if (name.loop) flags |= placeFlags.loop
  if (name.guarded) flags |= placeFlags.guarded
  if (name.passes !== undefined)
    flags |= name.passes === 'catch' ? placeFlags.passesCatch : placeFlags.mayPassCatch
  const first = firsts.get(`${name.kind}${line}`)
  if (first !== undefined && first !== name.offset) flags |= placeFlags.notFirst
  return [name.kind, line, column, flags]
}

/** The first statement and the first await of each line; an end of `try` only where no statement starts. */
function firstOffsets(places: readonly PlaceDraft[], lines: Lines): Map<string, number> {
  const firsts = new Map<string, number>()
  const names = places.flatMap((place) => place.names).sort((a, b) => a.offset - b.offset)
  for (const tryEnd of [false, true]) {
    for (const name of names) {
      if ((name.tryEnd ?? false) !== tryEnd || (name.kind !== 'l' && name.kind !== 'a')) continue
      const key = `${name.kind}${lines.at(name.offset).line}`
      if (!firsts.has(key)) firsts.set(key, name.offset)
    }
  }
  return firsts
}
