import type { ReportFile } from '../../file/report-file.ts'
import { parseRoute, printRoute, type Route, TABS } from '../route.ts'
import type { App, View } from './app.ts'
import { type Report, reportOf } from './data.ts'
import { el } from './dom.ts'
import { listenToKeys, moveFocus } from './keys.ts'
import { restoreTheme, toggleTheme } from './theme.ts'
import { overview } from './views/overview.ts'
import { empty } from './views/parts.ts'
import { race } from './views/race.ts'
import { showHelp, topBar } from './views/shell.ts'
import { simulation } from './views/simulation.ts'

const report = reportOf(JSON.parse(document.getElementById('report')!.textContent!) as ReportFile)
const root = document.getElementById('app')!
let view: View
let route: Route
let shownHash: string

function show(): void {
  shownHash = location.hash
  route = parseRoute(location.hash)
  const app: App = { report, route, refilter }
  view = viewOf(app, report)
  document.title = `${view.title} · Faultline`
  const main = el('main', { id: 'main', tabindex: '-1' }, view.main)
  root.replaceChildren(topBar(report, crumbs(), toggleTheme), main)
}

function viewOf(app: App, { sims, races }: Report): View {
  const { view: name, slug } = app.route
  const sim = name === 'sim' && sims.find((one) => one.slug === slug)
  if (sim) return simulation(app, sim)
  const found = name === 'race' && races.find((one) => one.slug === slug)
  if (found) return race(app, found)
  if (name === 'overview') return overview(app)
  const up = printRoute({ view: 'overview' })
  return {
    title: 'Not found',
    up,
    main: el(
      'div',
      { class: 'page' },
      empty('Not in this report', `It holds no ${name === 'sim' ? 'simulation' : 'race'} of that name.`),
      el('p', {}, el('a', { href: up }, 'Overview')),
    ),
  }
}

function crumbs(): string[] {
  return route.view === 'overview' ? [] : [route.slug]
}

function refilter(filter: Route['filter']): void {
  route = { ...route, filter }
  shownHash = printRoute(route)
  history.replaceState(null, '', shownHash)
  view.refilter?.(route)
}

/** Draws at once: the next key is for the next view. */
function go(href: string | undefined): void {
  if (href === undefined) return
  location.hash = href
  follow()
}

function follow(): void {
  if (location.hash === shownHash) return
  const before = route
  show()
  // Within one list the place on the page is kept; elsewhere a page begins at its top.
  if (before.slug !== route.slug || before.tab !== route.tab || before.scenario !== route.scenario)
    scrollTo(0, 0)
}

addEventListener('hashchange', follow)
// The browser tells of a followed link late; a key that is typed right after it is for the new view.
addEventListener('click', (event) => {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  const href = (event.target as Element).closest('a[href^="#/"]')?.getAttribute('href')
  if (href === null || href === undefined) return
  event.preventDefault()
  go(href)
})

listenToKeys({
  move: (by) => (view.move === undefined ? moveFocus(root.querySelector('main')!, by) : view.move(by)),
  back: () => go(view.up),
  tab: (index) => {
    if (route.view === 'sim')
      go(printRoute({ view: 'sim', slug: route.slug, tab: TABS[index]!, filter: route.filter }))
  },
  step: (by) => go(by < 0 ? view.previous : view.next),
  search: () => {
    const field = document.querySelector<HTMLInputElement>('#search')
    if (field !== null) {
      field.focus()
      field.select()
    } else if (route.view === 'sim')
      go(printRoute({ view: 'sim', slug: route.slug, tab: 'scenarios', filter: route.filter }))
  },
  theme: toggleTheme,
  help: showHelp,
})

restoreTheme()
show()
