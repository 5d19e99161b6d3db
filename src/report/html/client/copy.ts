import { el } from './dom.ts'
import { icon } from './icons.ts'

/** A line to paste into a shell, and the button that copies it. */
export function copyLine(line: string, what: string): HTMLElement {
  const said = el('span', { class: 'copied', role: 'status' })
  const label = el('span', {}, 'Copy')
  const button = el(
    'button',
    {
      type: 'button',
      class: 'button copy',
      'aria-label': `Copy ${what}`,
      onclick: async () => {
        const done = await copied(line)
        said.textContent = done ? 'Copied' : 'Press Ctrl+C to copy'
        if (!done) select(code)
        setTimeout(() => (said.textContent = ''), 2500)
      },
    },
    icon('copy'),
    label,
  )
  const code = el('code', { tabindex: '0' }, line)
  return el('div', { class: 'copyline' }, code, said, button)
}

/** Pages from disk may not be given the clipboard: then the old way is tried. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = el('textarea', { class: 'offscreen', 'aria-hidden': 'true' })
    area.value = text
    document.body.append(area)
    const focused = document.activeElement
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    if (focused instanceof HTMLElement) focused.focus()
    return done
  }
}

function select(element: Element): void {
  getSelection()?.selectAllChildren(element)
}
