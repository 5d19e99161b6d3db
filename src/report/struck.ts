import type { Point } from '../model/point.ts'
import type { FaultName, ScenarioResult } from '../model/result.ts'
import { inSource, placeWords, type Site, type Surroundings, siteOf } from './place.ts'
import { oneLine } from './text.ts'
import { ordinal, plural } from './words.ts'

const PLACES_MAX = 12
const HITS_MAX = 5

/** A place where scenarios of one finding struck, and with what. */
export interface Struck {
  readonly point: Point
  readonly site: Site
  readonly faults: ReadonlyMap<FaultName, readonly Point[]>
  /** The place was hit more than once in one delivery. */
  readonly repeated: boolean
}

/** The places of the scenarios that inject one fault, in the order of the scenarios. */
export function struckBy(scenarios: readonly ScenarioResult[], around: Surroundings): Struck[] {
  const places = new Map<string, Omit<Struck, 'faults'> & { faults: Map<FaultName, Point[]> }>()
  for (const { faults } of scenarios) {
    const [only] = faults
    if (only === undefined || faults.length > 1) continue
    const { fault, point } = only
    const site = siteOf(point)
    const key =
      inSource(site) && site.kind !== 'enqueue' ? `${site.file}:${site.line}:${site.kind}` : point.key
    let place = places.get(key)
    if (place === undefined) {
      const repeated = point.hit > 1 || around.repeated.has(point.key)
      places.set(key, (place = { point, site, faults: new Map(), repeated }))
    }
    const points = place.faults.get(fault)
    if (points === undefined) place.faults.set(fault, [point])
    else points.push(point)
  }
  return [...places.values()]
}

/** `error here, crash here (2nd hit)`: what struck, at which hits. */
export function struckWords(struck: Struck, where: string): string {
  const groups = [...faultsByHits(struck)]
  return groups
    .map(([hits, faults]) => `${faults.join(', ')} ${where}${hits === '' ? '' : ` (${hits})`}`)
    .join(', ')
}

function faultsByHits({ faults, repeated }: Struck): Map<string, FaultName[]> {
  const groups = new Map<string, FaultName[]>()
  for (const [fault, points] of faults) {
    const hits = hitsOf(points, repeated)
    groups.set(hits, [...(groups.get(hits) ?? []), fault])
  }
  return groups
}

function hitsOf(points: readonly Point[], repeated: boolean): string {
  const hits = new Set(points.map(({ hit }) => hit))
  const attempts = new Set(points.map(({ attempt }) => attempt))
  const parts: string[] = []
  if (repeated) parts.push(hits.size === 1 ? `${ordinal(points[0]!.hit)} hit` : `hits ${listed(hits)}`)
  if (attempts.size > 1) parts.push(`on attempts ${listed(attempts)}`)
  else if (!attempts.has(1)) parts.push(`on attempt ${points[0]!.attempt}`)
  return parts.join(', ')
}

function listed(numbers: ReadonlySet<number>): string {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted.length <= HITS_MAX ? sorted.join(', ') : `${sorted.slice(0, HITS_MAX).join(', ')} …`
}

/** `lines 15, 16 (crash)`, `src/mail.ts:8 (error, crash)`: places in few words, those of `file` by line alone. */
export function alsoWords(places: readonly Struck[], file: string): string[] {
  const groups = new Map<string, { file: string; faults: string; lines: Set<number>; key: string }>()
  for (const place of places) {
    const groupsOf = [...faultsByHits(place)]
    const faults = groupsOf
      .map(([hits, names]) => [...names, ...(hits === '' ? [] : [hits])].join(', '))
      .join('; ')
    const source = inSource(place.site)
    const key = source ? place.point.file : placeWords(place.point)
    const group = groups.get(`${key}\n${faults}`) ?? { file: place.point.file, faults, lines: new Set(), key }
    if (source) group.lines.add(place.site.line)
    groups.set(`${key}\n${faults}`, group)
  }
  const phrases = [...groups.values()].map((group) => `${where(group, file)} (${group.faults})`)
  const more = phrases.splice(PLACES_MAX).length
  return (more > 0 ? [...phrases, plural(more, 'more place')] : phrases).map(oneLine)
}

function where(group: { file: string; lines: ReadonlySet<number>; key: string }, file: string): string {
  if (group.lines.size === 0) return group.key
  const lines = [...group.lines].sort((a, b) => a - b)
  const shown = lines.slice(0, PLACES_MAX).join(', ') + (lines.length > PLACES_MAX ? ' …' : '')
  if (group.file === file) return lines.length === 1 ? `line ${shown}` : `lines ${shown}`
  return lines.length === 1 ? `${group.file}:${shown}` : `${group.file} lines ${shown}`
}
