import type { FaultName } from '../../../../model/result.ts'
import type { Mark } from '../../../verdicts.ts'
import { contains, type Filter } from '../../filter.ts'
import { worse } from '../../marks.ts'
import { printRoute, type Route } from '../../route.ts'
import type { App } from '../app.ts'
import type { Sim } from '../data.ts'
import { el, oneLine } from '../dom.ts'
import { markIcon } from '../icons.ts'
import { codeLine, type Families, gutterHead } from './code-lines.ts'
import { filterBar } from './filter-bar.ts'
import { empty, faultChip, plural } from './parts.ts'
import type { Part } from './simulation.ts'

const LISTED_MAX = 40

/** The source with the verdict of every line under every fault. */
export function sourceView({ report, route, refilter }: App, sim: Sim): Part {
  const files = sim.files
  const main = el('div', { class: 'source-main' })
  const list = el('ul', { class: 'plain files', 'aria-label': 'Files' })
  const draw = ({ filter }: Route): void => {
    const shown = filter.file === '' ? files : files.filter((file) => file === filter.file)
    const file = shown.find((name) => name === route.file) ?? shown[0]
    list.replaceChildren(...shown.map((name) => fileItem(sim, name, name === file, filter)))
    main.replaceChildren(
      file === undefined
        ? empty('Nothing struck in a source file', 'All scenarios were at points of the queue.')
        : fileView(sim, file, report.lines(file), filter, route.line),
    )
  }
  draw(route)
  if (route.line !== undefined)
    requestAnimationFrame(() => main.querySelector('.chosen')?.scrollIntoView({ block: 'center' }))
  const body = el(
    'div',
    {},
    filterBar(sim, route.filter, refilter, 'Search the source'),
    el('div', { class: 'split source-split' }, el('aside', { class: 'list' }, list), main),
  )
  return { body, title: 'Source', refilter: draw }
}

function fileItem(sim: Sim, file: string, chosen: boolean, filter: Filter): HTMLElement {
  let worst: Mark = 'none'
  const blamed = new Set<number>()
  for (const [line, families] of sim.marks.get(file) ?? [])
    for (const { mark } of families.values()) {
      worst = worse(worst, mark)
      if (mark === 'failed') blamed.add(line)
    }
  return el(
    'li',
    {},
    el(
      'a',
      {
        class: 'file',
        href: printRoute({ view: 'sim', slug: sim.slug, tab: 'source', file, filter }),
        'data-nav': true,
        'aria-current': chosen ? 'true' : undefined,
      },
      markIcon(worst),
      el('span', { class: 'path grow' }, oneLine(file)),
      blamed.size === 0 ? undefined : el('span', { class: 'bad' }, blamed.size),
    ),
  )
}

function fileView(
  sim: Sim,
  file: string,
  lines: ReturnType<App['report']['lines']>,
  filter: Filter,
  chosen: number | undefined,
): HTMLElement {
  const marks = sim.marks.get(file)
  if (lines === undefined)
    return empty(
      oneLine(file),
      'Its source is not in this report: it could not be read when the report was written.',
    )
  const faults =
    filter.faults.length === 0 ? sim.faults : sim.faults.filter((fault) => filter.faults.includes(fault))
  const filtered = filter.marks.length > 0 || filter.text !== '' || filter.faults.length > 0
  let found = 0
  const rows = lines.map((tokens, index) => {
    const line = index + 1
    const families = visibleFamilies(marks?.get(line), faults, filter.marks)
    const text = tokens.map((token) => token.text).join('')
    const hit =
      filter.text === ''
        ? families !== undefined || !filtered
        : contains(text, filter.text) && (families !== undefined || filter.marks.length === 0)
    if (hit && filtered) found++
    const className = [
      filtered && (hit ? 'found' : 'faded'),
      line === chosen && 'chosen',
      worstOf(families) === 'failed' && 'blamed',
    ]
    const row: HTMLElement = codeLine({
      line,
      tokens,
      faults,
      families,
      className: className.filter(Boolean).join(' '),
      open: () => toggleStrikes(sim, row, families!),
    })
    return row
  })
  return el(
    'div',
    { class: 'frame' },
    el(
      'div',
      { class: 'frame-head' },
      el('span', { class: 'path' }, oneLine(file)),
      filtered ? el('span', { class: 'dim', role: 'status' }, plural(found, 'matching line')) : undefined,
    ),
    el(
      'div',
      { class: 'code', tabindex: '0', role: 'region', 'aria-label': `Source of ${oneLine(file)}` },
      gutterHead(faults),
      ...rows,
    ),
  )
}

function visibleFamilies(
  families: Families | undefined,
  faults: readonly FaultName[],
  marks: readonly Mark[],
): Families | undefined {
  if (families === undefined) return undefined
  const shown = [...families].filter(
    ([fault, { mark }]) => faults.includes(fault) && (marks.length === 0 || marks.includes(mark)),
  )
  return shown.length === 0 ? undefined : new Map(shown)
}

function worstOf(families: Families | undefined): Mark {
  return [...(families?.values() ?? [])].reduce<Mark>((worst, { mark }) => worse(worst, mark), 'none')
}

/** The scenarios that struck at a line, below it. */
function toggleStrikes(sim: Sim, row: HTMLElement, families: Families): void {
  const button = row.querySelector('button.gutter')
  const open = row.nextElementSibling
  if (open?.classList.contains('struck-here')) {
    open.remove()
    button?.setAttribute('aria-expanded', 'false')
    return
  }
  button?.setAttribute('aria-expanded', 'true')
  const lists = [...families].map(([fault, { mark, scenarios }]) =>
    el(
      'div',
      { class: 'struck-family' },
      el(
        'p',
        {},
        markIcon(mark),
        faultChip(fault),
        el('span', { class: 'dim' }, plural(scenarios.length, 'scenario')),
      ),
      el(
        'ul',
        { class: 'plain' },
        ...scenarios.slice(0, LISTED_MAX).map((position) => {
          const { id, outcome } = sim.data.scenarios[position]!
          const cause = sim.causeOf.get(id)
          return el(
            'li',
            {},
            el('a', { href: printRoute({ view: 'sim', slug: sim.slug, scenario: id }) }, oneLine(id)),
            el('span', { class: 'dim' }, cause === undefined ? outcome : `${outcome}, finding ${cause}`),
          )
        }),
        scenarios.length > LISTED_MAX
          ? el('li', { class: 'dim' }, `and ${plural(scenarios.length - LISTED_MAX, 'more scenario')}`)
          : undefined,
      ),
    ),
  )
  row.after(el('div', { class: 'struck-here' }, ...lists))
}
