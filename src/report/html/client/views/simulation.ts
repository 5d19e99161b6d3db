import { took } from '../../../words.ts'
import { printRoute, type Route, TABS, type Tab } from '../../route.ts'
import type { App, View } from '../app.ts'
import type { Sim } from '../data.ts'
import { el, oneLine } from '../dom.ts'
import { coverageView } from './coverage.ts'
import { findingsView } from './findings.ts'
import { counts, isNotRun, number, outcomeBar, verdict } from './parts.ts'
import { scenarioView } from './scenario.ts'
import { scenariosView } from './scenarios.ts'
import { sourceView } from './source.ts'

/** What a tab shows. */
export type Part = Omit<View, 'title' | 'main'> & { readonly body: HTMLElement; readonly title?: string }

const WORDS: Record<Tab, string> = {
  findings: 'Findings',
  source: 'Source',
  scenarios: 'Scenarios',
  coverage: 'Not covered',
}

/** One simulation: its head, and one of its tabs. */
export function simulation(app: App, sim: Sim): View {
  const { route } = app
  const part = partOf(app, sim)
  const main = el('div', { class: 'page' }, head(sim), tabs(sim, route), part.body)
  return {
    ...part,
    title: part.title === undefined ? sim.data.name : `${part.title} · ${sim.data.name}`,
    main,
    up: part.up ?? printRoute({ view: 'overview' }),
  }
}

function partOf(app: App, sim: Sim): Part {
  if (app.route.scenario !== undefined) return scenarioView(app, sim, app.route.scenario)
  switch (app.route.tab) {
    case 'findings':
      return findingsView(app, sim)
    case 'source':
      return sourceView(app, sim)
    case 'scenarios':
      return scenariosView(app, sim)
    case 'coverage':
      return coverageView(sim)
  }
}

function head(sim: Sim): HTMLElement {
  const { data, entry } = sim
  const { seed, now, durationMs } = data.summary
  const setting = [`seed ${seed}`, `clock from ${now.replace('.000Z', 'Z')}`, `took ${took(durationMs)}`]
  if (entry.shard !== undefined) setting.push(`shard ${entry.shard.index} of ${entry.shard.count}`)
  return el(
    'div',
    { class: 'head' },
    el('h1', {}, oneLine(data.name)),
    el(
      'p',
      { class: 'under' },
      verdict(sim),
      entry.testFile === undefined ? undefined : el('span', { class: 'path' }, oneLine(entry.testFile)),
      ...setting.map((words) => el('span', { class: 'dim' }, oneLine(words))),
    ),
    ...(isNotRun(sim) ? [] : [outcomeBar(data.summary), counts(sim)]),
  )
}

function tabs(sim: Sim, route: Route): HTMLElement {
  const { data, slug } = sim
  const figures: Record<Tab, string> = {
    findings: number(data.causes.length),
    source: number(sim.files.length),
    scenarios: number(data.scenarios.length),
    coverage: notCoveredFigure(sim),
  }
  return el(
    'nav',
    { class: 'tabs', 'aria-label': 'Parts of the simulation' },
    ...TABS.map((tab) =>
      el(
        'a',
        {
          href: printRoute({ view: 'sim', slug, tab, filter: route.filter }),
          'aria-current': tab === route.tab ? 'page' : undefined,
        },
        WORDS[tab],
        figures[tab] === '' ? undefined : el('span', { class: 'figure-small' }, figures[tab]),
      ),
    ),
  )
}

function notCoveredFigure({ data: { summary } }: Sim): string {
  const count = Object.keys(summary.notCovered).length
  return count === 0 ? '' : number(count)
}
