import { type Filter, NO_FILTER } from './filter.ts'
import { MARKS } from './marks.ts'

/** The tabs of a simulation. */
export const TABS = ['findings', 'source', 'scenarios', 'coverage'] as const
export type Tab = (typeof TABS)[number]

/** What the page shows; all of it is in the address, so that a reload and a link keep it. */
export interface Route {
  readonly view: 'overview' | 'sim' | 'race'
  /** Which simulation or race, as {@link slugs} names them. */
  readonly slug: string
  readonly tab: Tab
  /** 1-based: a finding, or a failing schedule of a race. */
  readonly cause?: number
  readonly scenario?: string
  readonly file?: string
  readonly line?: number
  readonly filter: Filter
}

const START: Route = { view: 'overview', slug: '', tab: 'findings', filter: NO_FILTER }

/** The address of a route: `#/sim/fulfil%20order/cause/2?fault=crash`. */
export function printRoute(route: Partial<Route>): string {
  const { view, slug, tab, cause, scenario, file, line, filter } = { ...START, ...route }
  const parts: string[] = []
  if (view !== 'overview') parts.push(view, slug)
  if (view === 'sim' && scenario !== undefined) parts.push('scenario', scenario)
  else if (cause !== undefined) parts.push('cause', String(cause))
  else if (view === 'sim') {
    if (tab !== 'findings' || file !== undefined) parts.push(tab)
    if (file !== undefined) parts.push(file)
  }
  const query = new URLSearchParams()
  if (line !== undefined) query.set('line', String(line))
  if (filter.text !== '') query.set('q', filter.text)
  if (filter.faults.length > 0) query.set('fault', filter.faults.join(','))
  if (filter.marks.length > 0) query.set('outcome', filter.marks.join(','))
  if (filter.file !== '') query.set('file', filter.file)
  const search = query.size === 0 ? '' : `?${query}`
  return `#/${parts.map(encodeURIComponent).join('/')}${search}`
}

/** The route of an address; the overview where it is none. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s)
  const [view, slug = '', what = '', which = ''] = path.split('/').map(decoded)
  const filter = parseFilter(new URLSearchParams(search))
  if (view !== 'sim' && view !== 'race') return { ...START, filter }
  const route: Route = { ...START, view, slug, filter }
  if (what === 'cause' && /^[1-9]\d{0,6}$/.test(which)) return { ...route, cause: Number(which) }
  if (view === 'race') return route
  if (what === 'scenario' && which !== '') return { ...route, tab: 'scenarios', scenario: which }
  const tab = TABS.find((name) => name === what) ?? 'findings'
  const line = Number(new URLSearchParams(search).get('line'))
  return {
    ...route,
    tab,
    ...(tab === 'source' && which !== '' ? { file: which } : {}),
    ...(Number.isInteger(line) && line > 0 ? { line } : {}),
  }
}

/** A name for each entry, unique among them. */
export function slugs(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return count === 1 ? name : `${name}~${count}`
  })
}

function parseFilter(query: URLSearchParams): Filter {
  const list = (key: string): string[] => (query.get(key) ?? '').split(',').filter((text) => text !== '')
  return {
    text: query.get('q') ?? '',
    faults: list('fault'),
    marks: MARKS.filter((mark) => list('outcome').includes(mark)),
    file: query.get('file') ?? '',
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
