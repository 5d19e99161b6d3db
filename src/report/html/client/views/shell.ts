import { printRoute } from '../../route.ts'
import type { Report } from '../data.ts'
import { el, oneLine, svg } from '../dom.ts'
import { icon, markIcon } from '../icons.ts'
import { KEYS } from '../keys.ts'

/** The bar on top of every page. */
export function topBar(report: Report, crumbs: readonly string[], toggleTheme: () => void): HTMLElement {
  return el(
    'header',
    { class: 'topbar' },
    el(
      'a',
      { class: 'brand', href: printRoute({ view: 'overview' }), 'aria-label': 'Overview' },
      logo(),
      el('span', {}, 'Faultline'),
    ),
    el('span', { class: 'crumbs' }, ...crumbs.map((text) => el('span', { class: 'crumb' }, oneLine(text)))),
    el('span', { class: 'version' }, `v${oneLine(report.file.faultline)}`),
    el(
      'button',
      {
        type: 'button',
        class: 'button icon-button',
        'aria-label': 'Light or dark',
        title: 'Light or dark (t)',
        id: 'theme',
        onclick: toggleTheme,
      },
      icon('sun', 'only-dark'),
      icon('moon', 'only-light'),
    ),
    el(
      'button',
      {
        type: 'button',
        class: 'button icon-button',
        'aria-label': 'Keyboard help',
        title: 'Keyboard help (?)',
        onclick: showHelp,
      },
      '?',
    ),
  )
}

/** A broken line: the product's sign. */
function logo(): SVGSVGElement {
  return svg(
    'svg',
    { viewBox: '0 0 24 24', class: 'logo', 'aria-hidden': 'true' },
    svg('rect', { x: 1, y: 1, width: 22, height: 22, rx: 6 }),
    svg('path', { d: 'M4 15h4.500l2.500-8 3 10 2-5h4' }),
  )
}

/** The help, as a dialog; Escape closes it. */
export function showHelp(): void {
  if (document.querySelector('dialog') !== null) return
  const dialog = el(
    'dialog',
    { class: 'help', 'aria-label': 'Keyboard help', onclose: () => dialog.remove() },
    el('h2', {}, 'Keyboard'),
    el(
      'dl',
      {},
      ...KEYS.map(([keys, what]) =>
        el(
          'div',
          {},
          el('dt', {}, ...keys.split(/\s{2}/).map((key) => el('kbd', {}, key))),
          el('dd', {}, what),
        ),
      ),
    ),
    el('h2', {}, 'Verdicts'),
    legend(),
    el('form', { method: 'dialog' }, el('button', { class: 'button' }, 'Close')),
  )
  document.body.append(dialog)
  dialog.showModal()
}

function legend(): HTMLElement {
  const rows = [
    ['survived', 'survived: the job ended right all the same'],
    ['failed', 'failed, twice: the end was wrong'],
    ['unsure', 'flaky, or the fault was never reached: nothing is known'],
    ['none', 'beyond the retry policy: nothing was promised'],
  ] as const
  return el(
    'dl',
    {},
    ...rows.map(([mark, words]) => el('div', {}, el('dt', {}, markIcon(mark)), el('dd', {}, words))),
  )
}
