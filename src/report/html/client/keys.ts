/** What the keys of the page do. */
export interface Keys {
  move(by: number): void
  back(): void
  tab(index: number): void
  step(by: number): void
  search(): void
  theme(): void
  help(): void
}

/** The keys, as the help shows them. */
export const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['j  k', 'next, previous item (arrow keys within a list)'],
  ['Enter', 'open it'],
  ['u', 'one level up'],
  ['[  ]', 'previous, next finding'],
  ['1 – 4', 'findings, source, scenarios, coverage'],
  ['/', 'search'],
  ['Esc', 'leave the search, close this'],
  ['t', 'light or dark'],
  ['?', 'this help'],
]

/** Listens to the keyboard; typing in a field stays typing. */
export function listenToKeys(keys: Keys): void {
  const actions: Record<string, () => void> = {
    j: () => keys.move(1),
    k: () => keys.move(-1),
    u: () => keys.back(),
    '[': () => keys.step(-1),
    ']': () => keys.step(1),
    '/': () => keys.search(),
    t: () => keys.theme(),
    '?': () => keys.help(),
    '1': () => keys.tab(0),
    '2': () => keys.tab(1),
    '3': () => keys.tab(2),
    '4': () => keys.tab(3),
  }
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    const target = event.target as Element
    if (target.matches('input, textarea, select')) {
      if (event.key === 'Escape') (target as HTMLElement).blur()
      return
    }
    if (document.querySelector('dialog[open]') !== null) return
    const within = target.closest('[data-nav]') !== null
    const arrow = event.key === 'ArrowDown' ? 'j' : event.key === 'ArrowUp' ? 'k' : undefined
    const action = arrow === undefined ? actions[event.key] : within ? actions[arrow] : undefined
    if (action === undefined) return
    event.preventDefault()
    action()
  })
}

/** Moves the focus among what is marked with `data-nav`. */
export function moveFocus(root: Element, by: number): void {
  const items = [...root.querySelectorAll<HTMLElement>('[data-nav]')].filter((item) => item.checkVisibility())
  const here = items.indexOf(document.activeElement?.closest<HTMLElement>('[data-nav]') as HTMLElement)
  const index = here < 0 ? (by > 0 ? 0 : items.length - 1) : here + by
  const item = items[Math.min(items.length - 1, Math.max(0, index))]
  item?.focus()
  item?.scrollIntoView({ block: 'nearest' })
}
