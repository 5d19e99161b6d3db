import { contains } from '../../filter.ts'
import { printRoute } from '../../route.ts'
import type { App, View } from '../app.ts'
import type { Race, Sim } from '../data.ts'
import { el, oneLine } from '../dom.ts'
import { markIcon } from '../icons.ts'
import { searchField } from './filter-bar.ts'
import { empty, isNotRun, number, outcomeBar, percent, plural, raceVerdict, verdict } from './parts.ts'

/** All simulations and races, those that fail first. */
export function overview({ report, route, refilter }: App): View {
  const list = el('div', { class: 'cards' })
  const draw = (text: string): void => {
    const sims = sorted(report.sims, (sim) => !sim.headline.good).filter(({ data, entry }) =>
      contains(
        `${data.name} ${entry.testFile ?? ''} ${entry.causes.map(({ message }) => message).join(' ')}`,
        text,
      ),
    )
    const races = sorted(report.races, ({ entry }) => entry.failures.length > 0).filter(({ entry }) =>
      contains(`${entry.name} ${entry.testFile ?? ''}`, text),
    )
    list.replaceChildren(...sims.map(simCard), ...races.map(raceCard))
    if (sims.length + races.length === 0)
      list.append(
        empty(
          'Nothing here',
          text === '' ? 'The report holds no simulation and no race.' : 'No name matches the search.',
        ),
      )
  }
  draw(route.filter.text)
  const failing = report.sims.filter(({ headline }) => !headline.good).length
  const broken = report.races.filter(({ entry }) => entry.failures.length > 0).length
  const bad = failing + broken
  const ran = report.races.filter(({ entry }) => entry.summary.run > 0)
  const total = report.sims.length + ran.length
  const main = el(
    'div',
    { class: 'page' },
    el(
      'div',
      { class: 'head' },
      el('h1', {}, bad === 0 ? survivingWords(total) : failingWords(bad, total)),
      el('p', { class: 'dim' }, totals(report.sims, report.races)),
    ),
    total > 3
      ? el('div', { class: 'filters' }, searchField(route.filter, refilter, 'Search simulations'))
      : undefined,
    list,
  )
  return { title: 'Overview', main, refilter: (next) => draw(next.filter.text) }
}

function survivingWords(total: number): string {
  if (total === 0) return 'Nothing was run'
  return total === 1 ? 'It survives' : `All ${number(total)} survive`
}

function failingWords(bad: number, total: number): string {
  if (total === 1) return 'It does not survive'
  return `${number(bad)} of ${number(total)} ${bad === 1 ? 'does' : 'do'} not survive`
}

function totals(sims: readonly Sim[], races: readonly Race[]): string {
  const sum = (key: 'scenarios' | 'points'): number =>
    sims.reduce((all, { data }) => all + data.summary[key], 0)
  const parts = [
    plural(sims.length, 'simulation'),
    plural(sum('scenarios'), 'scenario'),
    plural(sum('points'), 'failure point'),
  ]
  if (races.length > 0) parts.push(plural(races.length, 'race'))
  return parts.join(' · ')
}

function sorted<T>(all: readonly T[], bad: (one: T) => boolean): T[] {
  return [...all].sort((a, b) => Number(bad(b)) - Number(bad(a)))
}

function simCard(sim: Sim): HTMLElement {
  const { data, entry, headline, slug } = sim
  const { summary, causes } = data
  const shown = causes.slice(0, 4)
  return el(
    'article',
    { class: 'card' },
    el(
      'a',
      { class: 'card-head', href: printRoute({ view: 'sim', slug }), 'data-nav': true },
      el(
        'span',
        { class: 'card-title' },
        el('h2', {}, oneLine(data.name)),
        entry.testFile === undefined ? undefined : el('span', { class: 'path' }, oneLine(entry.testFile)),
      ),
      el(
        'span',
        { class: `figure ${headline.good ? 'good' : 'bad'}` },
        headline.counted ? percent(summary.resilience) : '–',
      ),
    ),
    isNotRun(sim) ? undefined : outcomeBar(summary),
    el(
      'p',
      { class: 'card-facts' },
      verdict(sim),
      isNotRun(sim)
        ? undefined
        : el(
            'span',
            { class: 'dim' },
            `${plural(summary.points, 'failure point')}${summary.exhaustive ? ' · exhaustive' : ' · not exhaustive'}`,
          ),
    ),
    shown.length === 0
      ? undefined
      : el(
          'ul',
          { class: 'plain card-findings' },
          ...shown.map(({ message, reason, scenarios }, index) =>
            el(
              'li',
              {},
              el(
                'a',
                { href: printRoute({ view: 'sim', slug, cause: index + 1 }) },
                markIcon('failed'),
                el('span', { class: 'grow' }, oneLine(message) || reason),
                reason === 'not-run'
                  ? undefined
                  : el('span', { class: 'dim' }, plural(scenarios.length, 'scenario')),
              ),
            ),
          ),
          causes.length > shown.length
            ? el('li', { class: 'dim more' }, `and ${number(causes.length - shown.length)} more`)
            : undefined,
        ),
  )
}

function raceCard({ entry, slug }: Race): HTMLElement {
  const { summary, failures } = entry
  const bad = failures.length > 0
  const ink = bad ? 'bad' : summary.run === 0 ? 'dim' : 'good'
  return el(
    'article',
    { class: 'card' },
    el(
      'a',
      { class: 'card-head', href: printRoute({ view: 'race', slug }), 'data-nav': true },
      el(
        'span',
        { class: 'card-title' },
        el('h2', {}, oneLine(entry.name)),
        el('span', { class: 'path' }, `race of ${entry.racers.map(oneLine).join(' and ')}`),
      ),
      el(
        'span',
        { class: `figure ${ink}` },
        summary.run === 0 ? '–' : `${number(summary.run - summary.failed)}/${number(summary.run)}`,
      ),
    ),
    el(
      'p',
      { class: 'card-facts' },
      el(
        'span',
        { class: `verdict ${ink}` },
        summary.run === 0 ? undefined : markIcon(bad ? 'failed' : 'survived'),
        raceVerdict(entry),
      ),
      el('span', { class: 'dim' }, oneLine(summary.guarantee)),
    ),
  )
}
