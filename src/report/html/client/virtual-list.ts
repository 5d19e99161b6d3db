import { el } from './dom.ts'

const AROUND = 12

/** A list of which only the rows on the screen exist; it scrolls with the page. */
export class VirtualList<T> {
  readonly element: HTMLElement
  #items: readonly T[] = []
  #from = -1
  #to = -1
  readonly #row: (item: T) => HTMLElement

  constructor(label: string, row: (item: T) => HTMLElement) {
    this.#row = row
    this.element = el('div', { class: 'rows', role: 'list', 'aria-label': label })
    const draw = (): void => this.#draw()
    const listening = new AbortController()
    const stop = (): void => {
      if (this.#attached && !this.element.isConnected) listening.abort()
      else draw()
    }
    addEventListener('scroll', stop, { passive: true, signal: listening.signal })
    addEventListener('resize', () => this.#redraw(), { signal: listening.signal })
  }

  #attached = false

  /** Shows other items. */
  show(items: readonly T[]): void {
    this.#items = items
    this.#redraw()
    queueMicrotask(() => this.#redraw())
  }

  /** Moves the focus by some rows, and scrolls there. */
  move(by: number): void {
    if (this.#items.length === 0) return
    const focused = document.activeElement?.closest<HTMLElement>('[data-index]')
    const here = focused && this.element.contains(focused) ? Number(focused.dataset.index) + by : 0
    const index = Math.min(this.#items.length - 1, Math.max(0, here))
    const height = this.#rowHeight()
    const top = this.element.getBoundingClientRect().top + index * height
    const margin = 140
    if (top < margin) scrollBy({ top: top - margin })
    else if (top + height > innerHeight - 20) scrollBy({ top: top + height - innerHeight + 20 })
    this.#draw()
    this.element.querySelector<HTMLElement>(`[data-index="${index}"] a`)?.focus({ preventScroll: true })
  }

  #rowHeight(): number {
    const height = Number.parseFloat(getComputedStyle(this.element).getPropertyValue('--row-height'))
    return Number.isFinite(height) && height > 0 ? height : 40
  }

  #redraw(): void {
    this.#from = this.#to = -1
    this.#draw()
  }

  #draw(): void {
    if (!this.element.isConnected) return
    this.#attached = true
    const height = this.#rowHeight()
    this.element.style.height = `${this.#items.length * height}px`
    const top = -this.element.getBoundingClientRect().top
    const from = Math.max(0, Math.floor(top / height) - AROUND)
    const to = Math.min(this.#items.length, Math.ceil((top + innerHeight) / height) + AROUND)
    if (from === this.#from && to === this.#to) return
    const focused = document.activeElement?.closest<HTMLElement>('[data-index]')?.dataset.index
    this.#from = from
    this.#to = to
    this.element.replaceChildren(
      ...this.#items.slice(from, to).map((item, offset) => {
        const index = from + offset
        const row = this.#row(item)
        row.dataset.index = String(index)
        row.setAttribute('role', 'listitem')
        row.setAttribute('aria-setsize', String(this.#items.length))
        row.setAttribute('aria-posinset', String(index + 1))
        row.style.top = `${index * height}px`
        return row
      }),
    )
    if (focused !== undefined)
      this.element.querySelector<HTMLElement>(`[data-index="${focused}"] a`)?.focus({ preventScroll: true })
  }
}
