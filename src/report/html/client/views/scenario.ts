import { printRoute } from '../../route.ts'
import type { App } from '../app.ts'
import type { Sim } from '../data.ts'
import { el, oneLine } from '../dom.ts'
import { icon } from '../icons.ts'
import { scenarioDetail } from './finding.ts'
import { empty } from './parts.ts'
import type { Part } from './simulation.ts'

/** One scenario, and the way to its neighbours. */
export function scenarioView({ report, route }: App, sim: Sim, id: string): Part {
  const up = printRoute({ view: 'sim', slug: sim.slug, tab: 'scenarios', filter: route.filter })
  const told = sim.byId.get(id)
  if (told === undefined)
    return { up, body: empty('No such scenario', `This report has none named “${oneLine(id)}”.`) }
  const { scenarios } = sim.data
  const position = scenarios.indexOf(told)
  const at = (index: number): string | undefined =>
    scenarios[index] &&
    printRoute({ view: 'sim', slug: sim.slug, scenario: scenarios[index].id, filter: route.filter })
  const cause = sim.causeOf.get(id)
  const body = el(
    'div',
    { class: 'detail alone' },
    el(
      'p',
      { class: 'links' },
      el('a', { href: up }, icon('back'), 'All scenarios'),
      cause === undefined
        ? undefined
        : el(
            'a',
            { href: printRoute({ view: 'sim', slug: sim.slug, cause }) },
            `Part of finding ${cause}`,
            icon('next'),
          ),
    ),
    scenarioDetail(report, sim, told),
  )
  return { body, up, title: id, previous: at(position - 1), next: at(position + 1) }
}
