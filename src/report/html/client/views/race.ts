import type { RaceEntry, RaceFailureEntry, RaceStepEntry } from '../../../file/report-file.ts'
import { replayLine } from '../../../replay.ts'
import { reasonWords, took } from '../../../words.ts'
import { printRoute } from '../../route.ts'
import type { App, View } from '../app.ts'
import { copyLine } from '../copy.ts'
import type { Race } from '../data.ts'
import { el, oneLine, visible } from '../dom.ts'
import { icon, markIcon } from '../icons.ts'
import { empty, number, raceVerdict, reasons, section } from './parts.ts'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const FAILURES_MAX = 200

/** A race: what holds, and the schedules under which it does not. */
export function race({ route }: App, { entry, slug }: Race): View {
  const { failures } = entry
  const index = Math.min(route.cause ?? 1, Math.max(1, failures.length))
  const at = (number: number): string | undefined =>
    number < 1 || number > failures.length ? undefined : printRoute({ view: 'race', slug, cause: number })
  const bad = failures.length > 0
  const left = Object.entries(entry.notCovered ?? {})
  const main = el(
    'div',
    { class: 'page' },
    head(entry),
    bad
      ? el(
          'div',
          { class: `split ${route.cause === undefined ? 'split-list' : 'split-detail'}` },
          el('aside', { class: 'list' }, list(failures, slug, index)),
          el(
            'div',
            { class: 'detail' },
            el(
              'a',
              { class: 'to-list', href: printRoute({ view: 'race', slug }) },
              icon('back'),
              'All schedules',
            ),
            detail(failures[index - 1]!, entry.racers, entry.command),
          ),
        )
      : entry.summary.run === 0
        ? empty('No schedule was run', 'Why stands above.')
        : empty('No schedule fails', 'What that is worth stands above.'),
    left.length === 0 ? undefined : section('Not covered', reasons(left)),
  )
  return {
    title: entry.name,
    main,
    up: route.cause === undefined ? printRoute({ view: 'overview' }) : printRoute({ view: 'race', slug }),
    previous: at(index - 1),
    next: at(route.cause === undefined ? index : index + 1),
  }
}

function head(entry: RaceEntry): HTMLElement {
  const { summary } = entry
  const bad = entry.failures.length > 0
  return el(
    'div',
    { class: 'head' },
    el('h1', {}, oneLine(entry.name)),
    el(
      'p',
      { class: 'under' },
      el(
        'span',
        { class: `verdict ${bad ? 'bad' : summary.run === 0 ? 'dim' : 'good'}` },
        summary.run === 0 ? undefined : markIcon(bad ? 'failed' : 'survived'),
        raceVerdict(entry),
      ),
      entry.testFile === undefined ? undefined : el('span', { class: 'path' }, oneLine(entry.testFile)),
      el('span', { class: 'dim' }, `seed ${summary.seed} · took ${took(summary.durationMs)}`),
    ),
    el(
      'p',
      { class: `callout ${summary.exhaustive ? 'callout-good' : 'callout-warn'}` },
      el('span', {}, oneLine(summary.guarantee)),
    ),
    el(
      'dl',
      { class: 'counts' },
      ...(
        [
          [summary.schedules, 'schedules there are'],
          [number(summary.run), 'run'],
          [number(summary.failed), 'failed'],
          [number(summary.deadlocks), 'deadlocks'],
        ] as const
      ).map(([value, words]) => el('div', {}, el('dd', {}, oneLine(value)), el('dt', {}, words))),
    ),
  )
}

function list(failures: readonly RaceFailureEntry[], slug: string, chosen: number): HTMLElement {
  return el(
    'ol',
    { class: 'plain findings', 'aria-label': 'Failing schedules' },
    ...failures.slice(0, FAILURES_MAX).map(({ schedule, reason, error, outcome }, index) =>
      el(
        'li',
        {},
        el(
          'a',
          {
            class: 'finding',
            href: printRoute({ view: 'race', slug, cause: index + 1 }),
            'data-nav': true,
            'aria-current': index + 1 === chosen ? 'true' : undefined,
          },
          el(
            'span',
            { class: 'finding-title' },
            markIcon('failed'),
            el('span', {}, oneLine(error?.title ?? reasonWords(reason ?? outcome))),
          ),
          scheduleStrip(schedule),
        ),
      ),
    ),
    failures.length > FAILURES_MAX
      ? el('li', { class: 'dim more' }, `and ${number(failures.length - FAILURES_MAX)} more`)
      : undefined,
  )
}

/** `AABAB`, each letter in its racer's colour. */
function scheduleStrip(schedule: string): HTMLElement {
  return el(
    'span',
    { class: 'strip', 'aria-label': `schedule ${schedule}` },
    ...[...schedule.slice(0, 60)].map((letter) =>
      el('span', { class: `racer-${LETTERS.indexOf(letter) % 4}` }, letter),
    ),
    schedule.length > 60 ? '…' : undefined,
  )
}

function detail(
  { schedule, reason, outcome, error, replay, steps }: RaceFailureEntry,
  racers: readonly string[],
  command: string | undefined,
): HTMLElement {
  return el(
    'article',
    { class: 'told' },
    el(
      'header',
      { class: 'told-head' },
      el(
        'p',
        { class: 'above' },
        'Schedule ',
        el('code', {}, schedule),
        el('span', { class: 'tag tag-bad' }, reasonWords(reason ?? outcome)),
      ),
      el('h2', {}, oneLine(error?.title ?? reasonWords(reason ?? outcome))),
      error?.rest === undefined
        ? undefined
        : el('pre', { class: 'diff' }, error.rest.map(visible).join('\n')),
    ),
    section('Who ran when', interleaving(steps, racers)),
    section('Run this one again', copyLine(replayLine(replay, command), 'the replay line')),
  )
}

/** One column per racer, one row per step: what ran, and who waited. */
function interleaving(steps: readonly RaceStepEntry[], racers: readonly string[]): HTMLElement {
  let before = -1
  return el(
    'div',
    { class: 'interleaving-scroll', tabindex: '0', role: 'region', 'aria-label': 'The interleaving' },
    el(
      'table',
      { class: 'interleaving' },
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          el('th', { class: 'step', scope: 'col' }, '#'),
          ...racers.map((name, index) =>
            el(
              'th',
              { scope: 'col' },
              el('span', { class: `letter racer-${index % 4}` }, LETTERS[index] ?? '?'),
              oneLine(name),
            ),
          ),
        ),
      ),
      el(
        'tbody',
        {},
        ...steps.map((step, index) => {
          const switched = before >= 0 && before !== step.racer
          before = step.racer
          return el(
            'tr',
            { class: switched ? 'switched' : undefined },
            el('td', { class: 'step' }, index + 1),
            ...racers.map((_, racer) =>
              el('td', {}, racer === step.racer ? stepCell(step, racer) : undefined),
            ),
          )
        }),
      ),
    ),
  )
}

function stepCell({ file, line, text, blocked }: RaceStepEntry, racer: number): HTMLElement {
  return el(
    'div',
    { class: `cell racer-${racer % 4} ${blocked ? 'blocked' : ''}` },
    el('code', {}, oneLine(text)),
    file === '' ? undefined : el('span', { class: 'path' }, `${oneLine(file)}:${line}`),
    blocked ? el('span', { class: 'tag tag-warn' }, 'waits') : undefined,
  )
}
