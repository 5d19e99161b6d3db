import type { Point } from '../../../../model/point.ts'
import type { CodeLine, ScenarioResult } from '../../../../model/result.ts'
import type { ErrorEntry } from '../../../file/report-file.ts'
import { reasonOf } from '../../../headline.ts'
import { hintFor } from '../../../hints.ts'
import { hitWords, placeWords } from '../../../place.ts'
import { replayLine } from '../../../replay.ts'
import { reasonWords } from '../../../words.ts'
import { printRoute } from '../../route.ts'
import { copyLine } from '../copy.ts'
import type { Report, Sim } from '../data.ts'
import { el, oneLine } from '../dom.ts'
import { faultLabels } from '../fault-labels.ts'
import { icon, markIcon } from '../icons.ts'
import { strikeFrame } from './code-frame.ts'
import { faultChip, plural, prose, section } from './parts.ts'
import { timelineParts } from './timeline.ts'

const SCENARIOS_MAX = 60

/** A finding, told by its first scenario. */
export function findingDetail(report: Report, sim: Sim, number: number): HTMLElement {
  const cause = sim.data.causes[number - 1]!
  const scenarios = cause.scenarios.flatMap((id) => sim.byId.get(id) ?? [])
  const told = scenarios[0]
  return el(
    'article',
    { class: 'told' },
    title(sim, told, cause.message, cause.reason, `Finding ${number} of ${sim.data.causes.length}`),
    ...(told === undefined ? [] : story(report, sim, told, scenarios, cause.point, cause.blame)),
    scenarios.length < 2 ? undefined : alike(sim, scenarios),
  )
}

/** One scenario by itself. */
export function scenarioDetail(report: Report, sim: Sim, told: ScenarioResult): HTMLElement {
  return el(
    'article',
    { class: 'told' },
    title(sim, told, told.id, told.reason ?? told.outcome, 'Scenario'),
    ...story(report, sim, told, [told], told.faults.at(-1)?.point, told.blame),
  )
}

function errorOf(sim: Sim, told: ScenarioResult | undefined): ErrorEntry | undefined {
  const position = told === undefined ? -1 : sim.data.scenarios.indexOf(told)
  const error = sim.entry.scenarios[position]?.error
  return error === undefined ? undefined : sim.entry.errors[error]
}

function title(
  sim: Sim,
  told: ScenarioResult | undefined,
  otherwise: string,
  reason: string,
  above: string,
): HTMLElement {
  const error = errorOf(sim, told)
  const words = reasonWords(reason)
  const bad = told === undefined || told.outcome === 'failed'
  const ink = told?.outcome === 'survived' ? 'good' : bad ? 'bad' : 'warn'
  return el(
    'header',
    { class: 'told-head' },
    el('p', { class: 'above' }, above, el('span', { class: `tag tag-${ink}` }, reasonOf(reason, told))),
    el('h2', {}, oneLine(error?.title ?? otherwise) || words),
    error?.rest === undefined ? undefined : diff(error.rest),
    error?.thrownAt === undefined
      ? undefined
      : el('p', { class: 'dim' }, 'thrown at ', el('span', { class: 'path' }, oneLine(error.thrownAt))),
  )
}

/** The further lines of a message, those of a difference in their colours. */
function diff(lines: readonly string[]): HTMLElement {
  const start = lines.findIndex((line) => line.trim() !== '')
  return el(
    'pre',
    { class: 'diff' },
    ...lines.slice(Math.max(0, start)).map((line) => {
      const ink = /^\s*-(?!-)/.test(line) ? 'minus' : /^\s*\+(?!\+)/.test(line) ? 'plus' : undefined
      return el('span', { class: ink }, `${line}\n`)
    }),
  )
}

function story(
  report: Report,
  sim: Sim,
  told: ScenarioResult,
  scenarios: readonly ScenarioResult[],
  point: Point | undefined,
  blame: CodeLine | undefined,
): HTMLElement[] {
  const command = sim.data.command
  const hint =
    told.outcome === 'survived' || told.outcome === 'beyond-policy'
      ? undefined
      : hintFor(told.reason ?? told.outcome, told)
  const own = errorOf(sim, told)?.hint
  return [
    told.faults.length === 0 && point === undefined && blame === undefined
      ? undefined
      : section(
          told.faults.length === 0 && point === undefined ? 'To blame' : 'Where it struck',
          strikes(sim, told),
          byOthers(sim, told, scenarios),
          blame === undefined ? undefined : blameLine(report, sim, blame),
          strikeFrame(report, sim, told, scenarios, point),
        ),
    ...timelineParts(sim, told),
    hint === undefined && own === undefined
      ? undefined
      : section(
          'What to do',
          ...[own, hint].flatMap((text) =>
            text === undefined
              ? []
              : [el('p', { class: 'callout' }, icon('bolt'), el('span', {}, ...prose(text)))],
          ),
        ),
    notes(told),
    told.replay === ''
      ? undefined
      : section('Run this one again', copyLine(replayLine(told.replay, command), 'the replay line')),
  ].filter((part) => part !== undefined)
}

function strikes(sim: Sim, told: ScenarioResult): HTMLElement {
  const { faults } = told
  const labels = faultLabels(told)
  return el(
    'ul',
    { class: 'plain strikes' },
    ...faults.map(({ point }, index) => {
      const hits = hitWords(point, sim.around)
      return el(
        'li',
        {},
        faultChip(labels[index]!),
        el('span', {}, placeWords(point)),
        hits === '' ? undefined : el('span', { class: 'dim' }, hits),
      )
    }),
  )
}

/** Where to mend, where that is not the line that was struck. */
function blameLine(report: Report, { slug }: Sim, { file, line, function: name }: CodeLine): HTMLElement {
  const place = `${oneLine(file)}:${line}`
  const href = printRoute({ view: 'sim', slug, tab: 'source', file, line })
  return el(
    'p',
    { class: 'to-blame' },
    el('strong', {}, 'to blame: '),
    report.lines(file) === undefined
      ? el('span', { class: 'path' }, place)
      : el('a', { class: 'path', href }, place),
    name === '' ? undefined : ` in ${oneLine(name)}`,
  )
}

/** The same end by other faults: the first scenario of each. */
function byOthers(
  sim: Sim,
  told: ScenarioResult,
  scenarios: readonly ScenarioResult[],
): HTMLElement | undefined {
  const firsts = new Map<string, ScenarioResult>()
  for (const one of scenarios) {
    const names = one.faults.map(({ fault }) => fault).join(' + ')
    if (names !== '' && !firsts.has(names)) firsts.set(names, one)
  }
  firsts.delete(told.faults.map(({ fault }) => fault).join(' + '))
  if (firsts.size === 0) return undefined
  const links = [...firsts].map(([names, { id }]) =>
    el('a', { class: 'chip', href: printRoute({ view: 'sim', slug: sim.slug, scenario: id }) }, names),
  )
  return el('p', { class: 'by-others' }, el('span', { class: 'dim' }, 'the same end by'), ...links)
}

function notes({ approximate, timing }: ScenarioResult): HTMLElement | undefined {
  const all: string[] = []
  if (approximate !== undefined) all.push(`Approximate: ${oneLine(approximate)}`)
  if (timing === 'real') all.push('Timing: real. This verdict depended on how long something really took.')
  return all.length === 0
    ? undefined
    : section('What the verdict is worth', ...all.map((text) => el('p', {}, text)))
}

/** The scenarios that came to the same end. */
function alike(sim: Sim, scenarios: readonly ScenarioResult[]): HTMLElement {
  const more = scenarios.length - SCENARIOS_MAX
  return section(
    `${plural(scenarios.length, 'scenario')} came to this end`,
    el(
      'ul',
      { class: 'plain alike' },
      ...scenarios
        .slice(0, SCENARIOS_MAX)
        .map(({ id, outcome }) =>
          el(
            'li',
            {},
            el(
              'a',
              { href: printRoute({ view: 'sim', slug: sim.slug, scenario: id }) },
              markIcon(outcome === 'failed' ? 'failed' : 'unsure'),
              oneLine(id),
            ),
          ),
        ),
    ),
    more > 0
      ? el('p', { class: 'dim' }, `and ${plural(more, 'more scenario')}: see the tab “Scenarios”`)
      : undefined,
  )
}
