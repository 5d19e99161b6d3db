import type { FaultName } from '../../../../model/result.ts'
import type { Token } from '../../highlight.ts'
import type { FamilyMark } from '../../line-marks.ts'
import { MARK_WORDS } from '../../marks.ts'
import { el, visible } from '../dom.ts'
import { markIcon } from '../icons.ts'
import { plural } from './parts.ts'

/** The marks of one line. */
export type Families = ReadonlyMap<FaultName, FamilyMark>

/** What a line looks like. */
export interface LineLook {
  readonly line: number
  readonly tokens: readonly Token[]
  readonly faults: readonly FaultName[]
  readonly families: Families | undefined
  readonly className?: string
  /** Where the line leads; none where nothing struck. */
  readonly open?: () => void
}

/** One line of source behind its gutter: its number, one mark per family of faults. */
export function codeLine({ line, tokens, faults, families, className = '', open }: LineLook): HTMLElement {
  const marks = faults.map((fault) => {
    const family = families?.get(fault)
    const cell = el('span', { class: 'gutter-cell' })
    if (family !== undefined)
      cell.append(
        markIcon(
          family.mark,
          `${fault}: ${MARK_WORDS[family.mark]} (${plural(family.scenarios.length, 'scenario')})`,
        ),
      )
    return cell
  })
  const gutter =
    open === undefined || families === undefined
      ? el('span', { class: 'gutter' }, ...marks)
      : el(
          'button',
          {
            type: 'button',
            class: 'gutter',
            'data-nav': true,
            'aria-label': `Line ${line}: what struck here`,
            'aria-expanded': 'false',
            onclick: open,
          },
          ...marks,
        )
  return el(
    'div',
    { class: `code-line ${className}`, 'data-line': line },
    el('span', { class: 'line-number' }, line),
    gutter,
    el(
      'code',
      {},
      ...tokens.map(({ text, kind }) =>
        kind === 'plain' ? visible(text) : el('span', { class: `tok-${kind}` }, visible(text)),
      ),
    ),
  )
}

/** The names of the families above their columns. */
export function gutterHead(faults: readonly FaultName[]): HTMLElement {
  return el(
    'div',
    { class: 'code-line gutter-head', 'aria-hidden': 'true' },
    el('span', { class: 'line-number' }),
    el(
      'span',
      { class: 'gutter' },
      ...faults.map((fault) =>
        el('span', { class: 'gutter-cell' }, el('span', { class: 'gutter-name' }, fault)),
      ),
    ),
    el('code', {}),
  )
}
