import type { Point } from '../model/point.ts'
import type { FaultName, ScenarioResult } from '../model/result.ts'
import { hitWords, inSource, type Site, type Surroundings, siteOf } from './place.ts'
import { oneLine } from './text.ts'
import { plural } from './words.ts'

const PLACES_MAX = 12
const HITS_MAX = 3

/** A place where scenarios of one finding struck: which faults, at which hits. */
export interface Struck {
  readonly point: Point
  readonly site: Site
  /** By fault: the hits in words; an empty word is the plain first one. */
  readonly faults: ReadonlyMap<FaultName, ReadonlySet<string>>
}

/** The places of the scenarios that inject one fault, in the order of the scenarios. */
export function struckBy(scenarios: readonly ScenarioResult[], around: Surroundings): Struck[] {
  const places = new Map<string, Omit<Struck, 'faults'> & { faults: Map<FaultName, Set<string>> }>()
  for (const { faults } of scenarios) {
    const [only] = faults
    if (only === undefined || faults.length > 1) continue
    const site = siteOf(only.point)
    const key = inSource(site) ? `${site.file}:${site.line}:${site.kind}` : only.point.key
    let place = places.get(key)
    if (place === undefined) places.set(key, (place = { point: only.point, site, faults: new Map() }))
    const hits = place.faults.get(only.fault) ?? new Set()
    place.faults.set(only.fault, hits.add(hitWords(only.point, around, false)))
  }
  return [...places.values()]
}

/** `error, crash (2nd hit)`. */
export function faultWords(struck: Struck): string {
  return [...struck.faults].map(([fault, hits]) => `${fault}${hitsOf(hits)}`).join(', ')
}

function hitsOf(hits: ReadonlySet<string>): string {
  const words = [...hits].map((hit) => hit || 'the first')
  if (words.length === 1 && hits.has('')) return ''
  const more = words.length > HITS_MAX ? `; ${words.length - HITS_MAX} more` : ''
  return ` (${words.slice(0, HITS_MAX).join('; ')}${more})`
}

/** `lines 15, 16 (crash)`, `src/mail.ts:8 (error, crash)`: places in few words, those of `file` by line alone. */
export function alsoWords(places: readonly Struck[], file: string): string[] {
  const groups = new Map<string, { file: string; faults: string; lines: Set<number>; key: string }>()
  for (const place of places) {
    const faults = faultWords(place)
    const source = inSource(place.site)
    const key = source ? place.point.file : place.point.key
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
