import type { ScenarioResult } from '../../../../model/result.ts'
import { location } from '../../../place.ts'
import { reasonWords } from '../../../words.ts'
import { lets, markOf } from '../../filter.ts'
import { printRoute, type Route } from '../../route.ts'
import type { App } from '../app.ts'
import type { Sim } from '../data.ts'
import { el, oneLine } from '../dom.ts'
import { faultLabels } from '../fault-labels.ts'
import { markIcon } from '../icons.ts'
import { VirtualList } from '../virtual-list.ts'
import { filterBar } from './filter-bar.ts'
import { empty, faultChip, number, plural } from './parts.ts'
import type { Part } from './simulation.ts'

/** Every scenario, one row each. */
export function scenariosView({ route, refilter }: App, sim: Sim): Part {
  const { scenarios } = sim.data
  let filter = route.filter
  const list = new VirtualList<ScenarioResult>('Scenarios', (scenario) => row(sim, scenario, filter))
  const count = el('p', { class: 'dim', role: 'status' })
  const nothing = empty('No scenario matches', 'Clear the filter to see all.')
  const draw = (next: Route): void => {
    filter = next.filter
    const words = filter.text === '' ? undefined : sim.words
    const shown = scenarios.filter((scenario, position) => lets(filter, scenario, words?.[position] ?? ''))
    list.show(shown)
    nothing.hidden = shown.length > 0
    count.textContent =
      shown.length === scenarios.length
        ? plural(shown.length, 'scenario')
        : `${number(shown.length)} of ${plural(scenarios.length, 'scenario')}`
  }
  draw(route)
  return {
    body: el(
      'div',
      {},
      filterBar(sim, route.filter, refilter, 'Search scenarios'),
      count,
      list.element,
      nothing,
    ),
    title: 'Scenarios',
    refilter: draw,
    move: (by) => list.move(by),
  }
}

function row(
  sim: Sim,
  { id, faults, outcome, reason }: ScenarioResult,
  filter: Route['filter'],
): HTMLElement {
  const point = faults.at(-1)?.point
  return el(
    'div',
    { class: 'row' },
    el(
      'a',
      {
        href: printRoute({ view: 'sim', slug: sim.slug, scenario: id, filter }),
        'data-nav': true,
        title: id,
      },
      markIcon(markOf(outcome)),
      el('span', { class: 'row-faults' }, ...faultLabels({ id, faults }).map(faultChip)),
      el(
        'span',
        { class: 'row-place path' },
        point === undefined ? oneLine(id) : location(point),
        point === undefined ? undefined : el('span', { class: 'row-id' }, oneLine(shortId(id))),
      ),
      el('span', { class: 'row-reason dim' }, outcome === 'survived' ? '' : reasonWords(reason ?? outcome)),
    ),
  )
}

/** What an id says beyond its fault and its line: the kind of place, the hit, the attempt, the job. */
function shortId(id: string): string {
  const [, kind = ''] = /@(await|call|return|settle|enqueue|start):/.exec(id) ?? []
  const [tail = ''] = /(?:#\d+)?(?:\/\d+)?(?:\[[^\]]*\])?$/.exec(id) ?? []
  return [kind, tail].filter((part) => part !== '').join(' ')
}
