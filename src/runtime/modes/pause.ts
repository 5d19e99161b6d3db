import type { Activation } from '../activation.ts'
import type { Delivery } from '../delivery.ts'
import type { Mode, QueuePointKind, Strike } from '../mode.ts'
import { isNamed, lastsOf, placesOf } from '../places.ts'
import type { FileRecord } from '../shared.ts'

/** Where deliveries are held: after each await, or also at each line of async functions. */
export type Granularity = 'await' | 'line'

/** Who decides which of the held deliveries goes on; see `explore/race/scheduler.ts`. */
export interface PauseHost {
  /** An await is entered; what this returns is awaited instead. `last`: nothing of its function runs after it. */
  awaiting(delivery: Delivery, activation: Activation, awaited: unknown, last: boolean): unknown
  /** A place is reached where the code can be held: until the returned promise settles. */
  reached(delivery: Delivery, activation: Activation): Promise<unknown> | undefined
  /** The delivery has enqueued a job. */
  enqueued(delivery: Delivery): void
}

/** Holds deliveries at their decision points; what an inner mode does there, it does first. */
export class PauseMode implements Mode {
  readonly name = 'pause'
  readonly returns: 'reached' | 'settled' | undefined
  readonly #host: PauseHost
  readonly #granularity: Granularity
  readonly #inner: Mode | undefined
  /** The decisions of the file that was asked for last. */
  #known: { readonly file: FileRecord; readonly bytes: Uint8Array } | undefined
  #file: FileRecord | undefined
  #index = -1
  #struck: Strike | undefined

  constructor(host: PauseHost, granularity: Granularity, inner?: Mode) {
    this.#host = host
    this.#granularity = granularity
    this.#inner = inner
    this.returns = inner?.returns
  }

  arm(file: FileRecord): void {
    file.s.set(decisionsOf(file, this.#granularity))
    this.#inner?.arm(file)
  }

  reach(
    delivery: Delivery,
    file: FileRecord,
    index: number,
    activation: Activation,
    args?: unknown[],
    value?: unknown,
  ): Strike | undefined {
    this.#struck = this.#inner?.reach(delivery, file, index, activation, args, value)
    this.#file = file
    this.#index = index
    return this.#strike
  }

  hold(
    delivery: Delivery,
    file: FileRecord,
    index: number,
    activation: Activation,
    awaited: unknown,
  ): unknown {
    const inner =
      this.#inner?.hold === undefined ? awaited : this.#inner.hold(delivery, file, index, activation, awaited)
    if (this.#decisions(file)[index] === 0) return inner
    return this.#host.awaiting(delivery, activation, inner, lastsOf(file)[index] !== 0)
  }

  reachQueue(delivery: Delivery, kind: QueuePointKind, key: string, dueNow?: boolean): void {
    this.#inner?.reachQueue?.(delivery, kind, key, dueNow)
    if (kind === 'enqueue' && key.startsWith('after-')) this.#host.enqueued(delivery)
  }

  #decisions(file: FileRecord): Uint8Array {
    if (this.#known?.file !== file) this.#known = { file, bytes: decisionsOf(file, this.#granularity) }
    return this.#known.bytes
  }

  readonly #strike: Strike = {
    strike: (delivery, activation, canHold) => {
      const struck = this.#struck
      const isDecision = canHold && this.#decisions(this.#file!)[this.#index] !== 0
      if (struck?.strike(delivery, activation, canHold)) {
        const { w } = activation
        // Time has passed for it: others may have gone on meanwhile.
        if (!delivery.asleep) activation.w = w!.then(() => this.#host.reached(delivery, activation))
        return true
      }
      if (!canHold || (struck === undefined && !isDecision)) return false
      const turn = this.#host.reached(delivery, activation)
      if (turn === undefined) return false
      activation.w = turn
      return true
    },
  }
}

const decisions: Record<Granularity, WeakMap<FileRecord, Uint8Array>> = {
  await: new WeakMap(),
  line: new WeakMap(),
}

/** One byte a place: 1 where a decision is taken. */
function decisionsOf(file: FileRecord, granularity: Granularity): Uint8Array {
  const known = decisions[granularity].get(file)
  if (known !== undefined) return known
  const bytes = Uint8Array.from(placesOf(file), (place) =>
    isNamed(place, 'await') || (granularity === 'line' && place.pausable) ? 1 : 0,
  )
  decisions[granularity].set(file, bytes)
  return bytes
}
