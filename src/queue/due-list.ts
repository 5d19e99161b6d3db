import type { DueWindow } from './port.ts'

/** What a {@link DueList} is ordered by. */
export interface Due {
  readonly dueMs: number
  /** Lower first. */
  readonly priority: number
  /** The order of enqueueing. */
  readonly order: number
}

/** Taken entries stay in front of the rest until there are this many of them. */
const TAKEN_MAX = 512

/**
 * Waiting jobs in strict order: due time, then priority, then the order of enqueueing. A sorted array: jobs
 * mostly arrive in order at the end and leave at the front, and a window is a binary search.
 */
export class DueList<T extends Due> {
  #items: T[] = []
  /** Everything before it was taken. */
  #start = 0

  get size(): number {
    return this.#items.length - this.#start
  }

  add(item: T): void {
    const items = this.#items
    let low = this.#start
    let high = items.length
    if (high > low && goesBefore(item, items[high - 1]!)) {
      while (low < high) {
        const middle = (low + high) >>> 1
        if (goesBefore(item, items[middle]!)) high = middle
        else low = middle + 1
      }
      items.splice(low, 0, item)
    } else {
      items.push(item)
    }
  }

  /** Takes the first item of the window out. */
  take(window?: DueWindow): T | undefined {
    const items = this.#items
    const from = window?.fromMs
    const index = from === undefined ? this.#start : this.#firstFrom(from)
    const item = items[index]
    if (item === undefined) return undefined
    if (window?.untilMs !== undefined && item.dueMs > window.untilMs) return undefined
    if (index > this.#start) items.splice(index, 1)
    else this.#dropFirst()
    return item
  }

  /** All items, in order. */
  list(): T[] {
    return this.#items.slice(this.#start)
  }

  clear(): void {
    this.#items = []
    this.#start = 0
  }

  #dropFirst(): void {
    this.#start++
    if (this.#start === this.#items.length) {
      this.#items.length = 0
      this.#start = 0
    } else if (this.#start >= TAKEN_MAX && this.#start * 2 >= this.#items.length) {
      this.#items.splice(0, this.#start)
      this.#start = 0
    }
  }

  #firstFrom(fromMs: number): number {
    let low = this.#start
    let high = this.#items.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#items[middle]!.dueMs < fromMs) low = middle + 1
      else high = middle
    }
    return low
  }
}

function goesBefore(a: Due, b: Due): boolean {
  if (a.dueMs !== b.dueMs) return a.dueMs < b.dueMs
  return a.priority === b.priority ? a.order < b.order : a.priority < b.priority
}
