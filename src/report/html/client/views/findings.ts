import type { Cause } from '../../../../model/result.ts'
import { location } from '../../../place.ts'
import { reasonWords } from '../../../words.ts'
import { lets } from '../../filter.ts'
import { printRoute, type Route } from '../../route.ts'
import type { App } from '../app.ts'
import type { Sim } from '../data.ts'
import { el, oneLine } from '../dom.ts'
import { icon, markIcon } from '../icons.ts'
import { filterBar } from './filter-bar.ts'
import { findingDetail } from './finding.ts'
import { empty, faultChip, isNotRun, plural } from './parts.ts'
import type { Part } from './simulation.ts'

/** The findings on the left, one of them on the right; on a narrow screen one after the other. */
export function findingsView(app: App, sim: Sim): Part {
  const { route } = app
  const { causes } = sim.data
  if (causes.length === 0)
    return {
      body: empty(
        'No findings',
        `${sim.headline.text.replace(/^./, (first) => first.toUpperCase())}. The source shows which faults struck where; “Not covered” says what was not tested.`,
      ),
    }
  const index = Math.min(route.cause ?? 1, causes.length)
  const positions = new Map(sim.data.scenarios.map(({ id }, position) => [id, position]))
  const list = el('ol', { class: 'plain findings', 'aria-label': 'Findings' })
  const draw = ({ filter }: Route): void => {
    const shown = causes
      .map((cause, at) => ({ cause, number: at + 1 }))
      .filter(({ cause }) =>
        cause.scenarios.some((id) => {
          const position = positions.get(id)
          return (
            position !== undefined &&
            lets(filter, sim.data.scenarios[position]!, `${sim.words[position]} ${cause.message}`)
          )
        }),
      )
    list.replaceChildren(...shown.map(({ cause, number }) => card(sim, cause, number, index, filter)))
    if (shown.length === 0)
      list.append(el('li', {}, empty('No finding matches', 'Clear the filter to see all.')))
  }
  draw(route)
  const at = (number: number): string | undefined =>
    number < 1 || number > causes.length
      ? undefined
      : printRoute({ view: 'sim', slug: sim.slug, cause: number, filter: route.filter })
  const detail = el(
    'div',
    { class: 'detail' },
    el(
      'a',
      { class: 'to-list', href: printRoute({ view: 'sim', slug: sim.slug, filter: route.filter }) },
      icon('back'),
      'All findings',
    ),
    findingDetail(app.report, sim, index),
  )
  const chosen = route.cause !== undefined
  const body = el(
    'div',
    { class: `split ${chosen ? 'split-detail' : 'split-list'}` },
    el(
      'aside',
      { class: 'list' },
      causes.length > 4 ? filterBar(sim, route.filter, app.refilter, 'Search findings') : undefined,
      list,
    ),
    detail,
  )
  const up = chosen ? { up: printRoute({ view: 'sim', slug: sim.slug, filter: route.filter }) } : {}
  return {
    body,
    ...up,
    ...(chosen ? { title: `Finding ${index}` } : {}),
    refilter: draw,
    previous: at(index - 1),
    next: at(chosen ? index + 1 : index),
  }
}

function card(sim: Sim, cause: Cause, number: number, chosen: number, filter: Route['filter']): HTMLElement {
  const told = sim.byId.get(cause.scenarios[0] ?? '')
  const point = told?.faults.at(-1)?.point ?? cause.point
  const faults = new Set(
    cause.scenarios.flatMap((id) => sim.byId.get(id)?.faults.map(({ fault }) => fault) ?? []),
  )
  return el(
    'li',
    {},
    el(
      'a',
      {
        class: 'finding',
        href: printRoute({ view: 'sim', slug: sim.slug, cause: number, filter }),
        'data-nav': true,
        'aria-current': number === chosen ? 'true' : undefined,
      },
      el(
        'span',
        { class: 'finding-title' },
        markIcon(told?.outcome === 'failed' || told === undefined ? 'failed' : 'unsure'),
        el('span', {}, oneLine(cause.message) || reasonWords(cause.reason)),
      ),
      el(
        'span',
        { class: 'finding-facts' },
        point === undefined ? undefined : el('span', { class: 'path' }, location(point)),
        isNotRun(sim) ? undefined : el('span', { class: 'dim' }, plural(cause.scenarios.length, 'scenario')),
      ),
      el('span', { class: 'chips' }, ...[...faults].map(faultChip)),
    ),
  )
}
