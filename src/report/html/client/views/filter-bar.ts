import type { Mark } from '../../../verdicts.ts'
import type { Filter } from '../../filter.ts'
import { MARK_WORDS, MARKS } from '../../marks.ts'
import type { Sim } from '../data.ts'
import { el } from '../dom.ts'
import { icon, markIcon } from '../icons.ts'

type Refilter = (filter: Filter) => void

/** The field that `/` leads to. */
export function searchField(filter: Filter, refilter: Refilter, label: string): HTMLElement {
  const input = el('input', {
    type: 'search',
    id: 'search',
    placeholder: label,
    'aria-label': label,
    autocomplete: 'off',
    spellcheck: 'false',
    oninput: () => refilter({ ...filter, text: input.value }),
  })
  input.value = filter.text
  return el('label', { class: 'search' }, icon('search'), input, el('kbd', {}, '/'))
}

/** Search, fault, outcome and file, for one simulation; each choice is in the address. */
export function filterBar(sim: Sim, start: Filter, refilter: Refilter, label: string): HTMLElement {
  let filter = start
  const change = (part: Partial<Filter>): void => {
    filter = { ...filter, ...part }
    refilter(filter)
    clear.hidden = isEmpty(filter)
  }
  const clear = el(
    'button',
    {
      type: 'button',
      class: 'button quiet',
      onclick: () => {
        for (const button of bar.querySelectorAll('[aria-pressed]'))
          button.setAttribute('aria-pressed', 'false')
        for (const field of bar.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select'))
          field.value = ''
        change({ text: '', faults: [], marks: [], file: '' })
      },
    },
    'Clear',
  )
  clear.hidden = isEmpty(filter)
  const marks = marksOf(sim)
  const bar = el(
    'div',
    { class: 'filters', role: 'search' },
    searchField(filter, ({ text }) => change({ text }), label),
    group(
      'Fault',
      sim.faults,
      filter.faults,
      (faults) => change({ faults }),
      (fault) => [fault],
    ),
    group(
      'Outcome',
      marks,
      filter.marks,
      (chosen) => change({ marks: chosen }),
      (mark) => [markIcon(mark), mark === 'unsure' ? 'flaky or unreached' : MARK_WORDS[mark]],
    ),
    sim.files.length > 1 ? fileSelect(sim.files, filter.file, (file) => change({ file })) : undefined,
    clear,
  )
  return bar
}

function isEmpty({ text, faults, marks, file }: Filter): boolean {
  return text === '' && faults.length === 0 && marks.length === 0 && file === ''
}

function marksOf({ data: { summary } }: Sim): Mark[] {
  const present: Record<Mark, number> = {
    failed: summary.failed,
    unsure: summary.flaky + summary.unreached,
    survived: summary.survived,
    none: summary.beyondPolicy,
  }
  return MARKS.filter((mark) => present[mark] > 0)
}

function group<T extends string>(
  name: string,
  all: readonly T[],
  start: readonly string[],
  change: (chosen: T[]) => void,
  words: (one: T) => (Node | string)[],
): HTMLElement | undefined {
  if (all.length < 2) return undefined
  const chosen = new Set<string>(start)
  return el(
    'div',
    { class: 'group', role: 'group', 'aria-label': name },
    ...all.map((one) => {
      const button = el(
        'button',
        {
          type: 'button',
          class: 'toggle',
          'data-value': one,
          'aria-pressed': String(chosen.has(one)),
          onclick: () => {
            const now = button.getAttribute('aria-pressed') !== 'true'
            button.setAttribute('aria-pressed', String(now))
            const pressed = button.parentElement!.querySelectorAll<HTMLElement>('[aria-pressed=true]')
            change([...pressed].map(({ dataset }) => dataset.value as T))
          },
        },
        ...words(one),
      )
      return button
    }),
  )
}

function fileSelect(files: readonly string[], start: string, change: (file: string) => void): HTMLElement {
  const select = el(
    'select',
    { 'aria-label': 'File', class: 'button', onchange: () => change(select.value) },
    el('option', { value: '' }, 'All files'),
    ...files.map((file) => el('option', { value: file }, file)),
  )
  select.value = start
  return select
}
