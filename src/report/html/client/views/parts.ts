import type { SimulationSummary } from '../../../../model/result.ts'
import type { RaceEntry } from '../../../file/report-file.ts'
import { number, percent, plural } from '../../../words.ts'
import type { Sim } from '../data.ts'
import { type Child, el, oneLine } from '../dom.ts'
import { markIcon } from '../icons.ts'

/** What each outcome is called, and its colour. */
const OUTCOMES: readonly (readonly [key: keyof SimulationSummary, words: string, ink: string])[] = [
  ['failed', 'failed', 'bad'],
  ['flaky', 'flaky', 'warn'],
  ['unreached', 'never reached', 'warn'],
  ['survived', 'survived', 'good'],
  ['beyondPolicy', 'beyond policy', 'none'],
]

/** The share of each outcome, as a bar. */
export function outcomeBar(summary: SimulationSummary): HTMLElement {
  const parts = OUTCOMES.map(([key, words, ink]) => ({ count: Number(summary[key]), words, ink })).filter(
    ({ count }) => count > 0,
  )
  const words = parts.map(({ count, words }) => `${number(count)} ${words}`).join(', ')
  const bar = el('div', { class: 'outcomes', role: 'img', 'aria-label': words, title: words })
  for (const { count, ink } of parts) {
    const part = el('span', { class: `fill-${ink}` })
    part.style.flexGrow = String(count)
    bar.append(part)
  }
  return bar
}

/** The counts beside each other. */
export function counts(sim: Sim): HTMLElement {
  const { summary, causes } = sim.data
  const all: [string, string, string][] = [
    [
      sim.headline.counted ? percent(summary.resilience) : '–',
      'resilience',
      sim.headline.good ? 'good' : 'bad',
    ],
    [number(causes.length), causes.length === 1 ? 'finding' : 'findings', causes.length > 0 ? 'bad' : ''],
    [number(summary.scenarios), summary.scenarios === 1 ? 'scenario' : 'scenarios', ''],
    ...OUTCOMES.filter(([key]) => key !== 'beyondPolicy' || summary.beyondPolicy > 0)
      .filter(([key]) => Number(summary[key]) > 0)
      .map(([key, words, ink]): [string, string, string] => [number(Number(summary[key])), words, ink]),
    [number(summary.points), summary.points === 1 ? 'failure point' : 'failure points', ''],
  ]
  if (summary.skipped > 0) all.push([number(summary.skipped), 'not run', 'warn'])
  return el(
    'dl',
    { class: 'counts' },
    ...all.map(([value, words, ink]) => el('div', {}, el('dd', { class: ink }, value), el('dt', {}, words))),
  )
}

/** ✓ or ✗ and the verdict in words. */
export function verdict(sim: Sim): HTMLElement {
  const { good, text } = sim.headline
  const mark = good ? 'survived' : 'failed'
  return el('span', { class: `verdict ${good ? 'good' : 'bad'}` }, markIcon(mark), text)
}

/** Nothing of it was run: there is nothing to count. */
export function isNotRun({ data }: Sim): boolean {
  return data.summary.points === 0 && data.causes.some(({ reason }) => reason === 'not-run')
}

/** What came of a race, in words. */
export function raceVerdict({ summary, shard }: RaceEntry): string {
  const { run, failed } = summary
  if (run === 0) return shard === undefined ? 'nothing was run' : 'not run in this shard'
  return failed > 0
    ? `${number(failed)} of ${plural(run, 'schedule')} ${failed === 1 ? 'fails' : 'fail'}`
    : `survived ${plural(run, 'schedule')}`
}

/** Words in which backticks mark code. */
export function prose(text: string): Child[] {
  return text.split(/`([^`]+)`/).map((part, at) => (at % 2 === 1 ? el('code', {}, part) : part))
}

/** A titled part of a page. */
export function section(title: Child, ...children: Child[]): HTMLElement {
  return el('section', { class: 'part' }, el('h3', {}, title), ...children)
}

/** What stands where there is nothing. */
export function empty(title: string, words: string): HTMLElement {
  return el('div', { class: 'empty' }, el('strong', {}, title), el('p', {}, words))
}

/** `error` and the like, each with a colour of its own that its name repeats. */
export function faultChip(fault: string): HTMLElement {
  return el('span', { class: 'chip' }, fault)
}

/** What was left out, and why. */
export function reasons(all: readonly (readonly [string, string])[]): HTMLElement {
  return el(
    'dl',
    { class: 'reasons' },
    ...all.map(([what, why]) =>
      el('div', {}, el('dt', {}, oneLine(what)), el('dd', {}, ...prose(oneLine(why)))),
    ),
  )
}

export { number, percent, plural }
