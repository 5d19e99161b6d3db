import { type ExecutionContext, execution } from '../../model/context.ts'
import type { Activation } from '../activation.ts'
import { Delivery, type DeliveryIdentity } from '../delivery.ts'
import { loopsOf, placesOf } from '../places.ts'
import { type FileRecord, type Probes, shared } from '../shared.ts'
import { type Entries, entryKey, jobKey } from './entries.ts'
import { realClock } from './real-clock.ts'
import type { WorkerLog } from './worker-log.ts'
import type { WorkerMode } from './worker-mode.ts'

/** A delivery that the queue's library started, and the context of the library. */
interface Root {
  readonly delivery: Delivery
  readonly inner: ExecutionContext
  readonly outer: ExecutionContext | undefined
  /** The function has been left for the first time: what called it runs on in its own context again. */
  left: boolean
  /** How often it was about to end: a `finally` may go on after its `return`. */
  returns: number
}

/**
 * Opens deliveries in a process in which no engine does: the queue's library calls a function that was named, outside
 * of any delivery. Its code, and all that it calls, is the delivery; the library around it is not.
 */
export class OpenDeliveries {
  readonly #probes: Probes
  readonly #entries: Entries
  readonly #log: WorkerLog
  readonly #mode: WorkerMode
  readonly #traced: boolean
  readonly #roots = new WeakMap<Activation, Root>()
  readonly #opened = new WeakSet<Delivery>()
  /** An async function was entered; which one, tells the call probe right after. */
  #entered:
    | { readonly activation: Activation; readonly root: Root; readonly current: Activation | undefined }
    | undefined
  /** The plain function that began a delivery and has not returned yet. */
  #plain: { readonly file: FileRecord; readonly name: string; readonly root: Root } | undefined

  constructor(
    probes: Probes,
    parts: { entries: Entries; log: WorkerLog; mode: WorkerMode; traced: boolean },
  ) {
    this.#probes = probes
    this.#entries = parts.entries
    this.#log = parts.log
    this.#mode = parts.mode
    this.#traced = parts.traced
  }

  /** The probes, for code inside and outside of deliveries. */
  probes(): Probes {
    const { timer, resumed, awaited, failed } = this.#probes
    const known = (activation: Activation | undefined): boolean =>
      activation !== undefined && this.#opened.has(activation.delivery)
    return {
      timer,
      failed,
      enter: () => this.#enter(),
      point: (file, index, activation, args) => this.#point(file, index, activation, args),
      awaiting: (file, index, activation, value) =>
        known(activation) ? this.#awaiting(file, index, activation!, value) : value,
      awaited: (file, index, activation, value) => {
        if (!known(activation)) return value
        this.#resume(activation!)
        return awaited(file, index, activation, value)
      },
      resumed: (file, index, activation) => {
        if (!known(activation)) return false
        this.#resume(activation!)
        return resumed(file, index, activation)
      },
      handling: (activation) => {
        if (known(activation)) this.#handling(activation)
      },
      returning: (file, index, activation, value) =>
        known(activation) ? this.#returning(file, index, activation!, value) : value,
      returned: (file, index, activation, value) => this.#returned(file, index, activation, value),
    }
  }

  #enter(): Activation | undefined {
    const outer = execution.getStore()
    if (outer?.delivery !== undefined) return this.#probes.enter()
    const { current } = shared
    const root = this.#root(outer)
    execution.enterWith(root.inner)
    const activation = this.#probes.enter()!
    this.#entered = { activation, root, current }
    return activation
  }

  #root(outer: ExecutionContext | undefined): Root {
    const identity: DeliveryIdentity = { jobId: '', name: '', ordinal: 0, worker: '' }
    const delivery = new Delivery(identity, this.#mode, realClock)
    const inner: ExecutionContext = { clock: realClock, random: Math.random, delivery }
    return { delivery, inner, outer, left: false, returns: 0 }
  }

  #point(file: FileRecord, index: number, activation?: Activation, args?: unknown[]): boolean {
    const entered = this.#entered
    if (entered !== undefined && activation === entered.activation) {
      this.#entered = undefined
      const job = this.#entries.jobAt(file, index)
      if (job === undefined) {
        execution.enterWith(entered.root.outer!)
        shared.current = entered.current
        this.#outside(file, index)
        return false
      }
      this.#roots.set(activation, entered.root)
      this.#open(entered.root.delivery, job, args)
    } else if (args !== undefined && execution.getStore()?.delivery === undefined) {
      const job = this.#entries.jobAt(file, index)
      if (job === undefined) this.#outside(file, index)
      else this.#openPlain(file, index, job, args)
    }
    return this.#probes.point(file, index, activation, args)
  }

  #openPlain(file: FileRecord, index: number, job: string, args: unknown[]): void {
    const root = this.#root(execution.getStore())
    execution.enterWith(root.inner)
    this.#plain = { file, name: placesOf(file)[index]!.function, root }
    this.#open(root.delivery, job, args)
  }

  #open(delivery: Delivery, name: string, args: unknown[] = []): void {
    const { jobId, ordinal } = this.#log.delivery(name, jobKey(args))
    Object.assign(delivery.identity, { jobId, name, ordinal, worker: `worker ${ordinal}` })
    this.#opened.add(delivery)
  }

  #outside(file: FileRecord, index: number): void {
    if (this.#traced) this.#log.called(entryKey(file, index))
  }

  #awaiting(file: FileRecord, index: number, activation: Activation, value: unknown): unknown {
    const awaited = this.#probes.awaiting(file, index, activation, value)
    const root = this.#roots.get(activation)
    // What a `for await` loops over is only asked for its first value now, and that is the delivery's, too.
    if (root !== undefined && loopsOf(file)[index] === 0) leave(root)
    return awaited
  }

  /** The first time, the function goes on in the context in which it was left. */
  #resume(activation: Activation): void {
    const root = this.#roots.get(activation)
    if (root !== undefined) execution.enterWith(root.inner)
  }

  #handling(activation: Activation): void {
    const root = this.#roots.get(activation)
    if (root !== undefined) {
      root.returns++
      root.delivery.ended = undefined
      execution.enterWith(root.inner)
    }
    this.#probes.handling(activation)
  }

  #returning(file: FileRecord, index: number, activation: Activation, value: unknown): unknown {
    const result = this.#probes.returning(file, index, activation, value)
    const root = this.#roots.get(activation)
    if (root !== undefined) {
      endAfter(root, result)
      leave(root)
    }
    return result
  }

  #returned(file: FileRecord, index: number, activation: Activation | undefined, value: unknown): unknown {
    const result = this.#probes.returned(file, index, activation, value)
    const plain = this.#plain
    if (plain !== undefined && plain.file === file && placesOf(file)[index]!.function === plain.name) {
      this.#plain = undefined
      endAfter(plain.root, result)
      leave(plain.root)
    }
    return result
  }
}

function leave(root: Root): void {
  if (root.left) return
  root.left = true
  execution.enterWith(root.outer!)
}

/** What runs once the delivery's promise is fulfilled is late, and gives no points. */
function endAfter(root: Root, result: unknown): void {
  const turn = ++root.returns
  const end = (): void => {
    if (root.returns === turn) root.delivery.ended = 'fulfilled'
  }
  if (result instanceof Promise) result.then(end, end)
  else queueMicrotask(end)
}
