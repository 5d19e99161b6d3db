import type { DueWindow } from './port.ts'

/** What a {@link DueList} is ordered by. */
export interface Due {
  readonly dueMs: number
  /** Lower first. */
  readonly priority: number
  /** The order of enqueueing, unless it was put off. */
  order: number
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

  has(item: T): boolean {
    return this.#items.includes(item, this.#start)
  }

  /** Takes the first item of the window out. */
  take(window?: DueWindow): T | undefined {
    const index = this.#firstOf(window)
    const item = this.#items[index]
    if (item !== undefined) this.#drop(index)
    return item
  }

  /** Takes this item out; whether it was there. */
  remove(item: T): boolean {
    const index = this.#items.indexOf(item, this.#start)
    if (index < 0) return false
    this.#drop(index)
    return true
  }

  /** The first items of the window that are due together and alike in priority, as long as they belong to `group`. */
  ties(window: DueWindow | undefined, group: (item: T) => boolean): T[] {
    const ties: T[] = []
    for (let index = this.#firstOf(window); ; index++) {
      const item = this.#items[index]
      const first = ties[0] ?? item
      if (item === undefined || item.dueMs !== first!.dueMs || item.priority !== first!.priority) return ties
      if (!group(item)) return ties
      ties.push(item)
    }
  }

  /** Puts the first of some {@link DueList.ties} behind the others. */
  putOff(ties: readonly T[]): void {
    const [first, ...others] = ties
    if (first === undefined) return
    const orders = ties.map(({ order }) => order)
    const index = this.#items.indexOf(first, this.#start)
    for (const [at, item] of [...others, first].entries()) {
      item.order = orders[at]!
      this.#items[index + at] = item
    }
  }

  /** All items, in order. */
  list(): T[] {
    return this.#items.slice(this.#start)
  }

  clear(): void {
    this.#items = []
    this.#start = 0
  }

  /** Where the first item of the window is; past the end, where there is none. */
  #firstOf(window: DueWindow | undefined): number {
    const from = window?.fromMs
    const index = from === undefined ? this.#start : this.#firstFrom(from)
    const item = this.#items[index]
    const late = item !== undefined && window?.untilMs !== undefined && item.dueMs > window.untilMs
    return late ? this.#items.length : index
  }

  #drop(index: number): void {
    if (index > this.#start) {
      this.#items.splice(index, 1)
      return
    }
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
