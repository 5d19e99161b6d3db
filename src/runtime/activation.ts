import type { Delivery } from './delivery.ts'
import type { FileRecord } from './shared.ts'

/** A place of a file. */
export interface CodePlace {
  readonly file: FileRecord
  readonly index: number
  /** Of its names, the entry to the function is meant. */
  readonly entry?: boolean
}

/**
 * One call of an async function: an async branch of a delivery. Hits are counted per activation, and its path
 * names it the same way in every run: `0.2.1` is the first call made by the second call made by the delivery.
 */
export class Activation {
  readonly delivery: Delivery
  readonly parent: Activation | undefined
  readonly index: number
  /** How many activations it made. */
  children = 0
  /** What ran when it was called; `undefined` once it has been suspended. */
  caller: Activation | undefined
  /** Its place in `delivery.open`; -1 once it has returned. */
  slot = -1
  /** The await it is suspended at, and what it awaits there. */
  file: FileRecord | undefined
  at = -1
  awaited: unknown
  /** The place that was reached last in it, where a run is recorded: what it calls next, it calls there. */
  last: CodePlace | undefined
  /** Where it was called, as far as that is known. */
  readonly calledAt: CodePlace | undefined
  /** What a probe that holds makes it wait for. */
  w: Promise<unknown> | undefined
  #path: string | undefined
  #hits: Map<FileRecord, Uint32Array> | undefined

  constructor(delivery: Delivery, parent: Activation | undefined, index: number) {
    this.delivery = delivery
    this.parent = parent
    this.index = index
    this.calledAt = parent?.last
  }

  get path(): string {
    return (this.#path ??= this.parent === undefined ? '0' : `${this.parent.path}.${this.index}`)
  }

  /** Counts a hit of a place in this branch; 1-based. */
  countHit(file: FileRecord, index: number): number {
    this.#hits ??= new Map()
    let counts = this.#hits.get(file)
    if (counts === undefined) this.#hits.set(file, (counts = new Uint32Array(file.s.length)))
    counts[index] = counts[index]! + 1
    return counts[index]!
  }

  /** How often a place was hit in this branch so far. */
  hitsOf(file: FileRecord, index: number): number {
    return this.#hits?.get(file)?.[index] ?? 0
  }
}
