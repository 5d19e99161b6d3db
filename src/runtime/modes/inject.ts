import type { Activation } from '../activation.ts'
import type { Delivery } from '../delivery.ts'
import type { Mode, QueuePointKind, Strike } from '../mode.ts'
import type { FileRecord } from '../shared.ts'
import { type Reached, RecordMode } from './record.ts'

/** A point that a recorded run reached, and what strikes there: once and only once, unless it is permanent. */
export interface Target extends Strike {
  readonly jobId: string
  readonly delivery: number
  /** Absent for the queue's own points. */
  readonly file?: FileRecord
  readonly index: number
  /** The activation's path; hits are counted within it. */
  readonly branch: string
  readonly hit: number
  /** For the queue's own points. */
  readonly queueKey?: string
  /** After it has struck, it strikes whenever the job comes there again. */
  readonly permanent?: boolean
  /** Strikes before the awaited value is handed over, by holding it: it can take its time. */
  holdAwait?(delivery: Delivery, awaited: unknown): unknown
  fired: boolean
}

/** Strikes at points that are known from a recorded run. */
export class InjectMode implements Mode {
  readonly name = 'inject'
  readonly returns = 'reached'
  readonly targets: readonly Target[]
  readonly starts: boolean
  readonly #queueHits = new Map<string, number>()
  readonly #record: RecordMode | undefined
  #after = Number.POSITIVE_INFINITY

  /** With `recording`, all that is reached is recorded, too: for what can be struck after these. */
  constructor(targets: readonly Target[], recording = false) {
    this.targets = targets
    this.starts = recording || targets.some(({ queueKey }) => queueKey === 'start')
    if (recording) this.#record = new RecordMode()
  }

  /** What was reached, and from which position on after the last strike. */
  get recorded(): { readonly reached: readonly Reached[]; readonly after: number } {
    return { reached: this.#record?.reached ?? [], after: this.#after }
  }

  arm(file: FileRecord): void {
    if (this.#record !== undefined) {
      file.s.fill(1)
      return
    }
    for (const target of this.targets) if (target.file === file && isArmed(target)) file.s[target.index] = 1
  }

  reach(delivery: Delivery, file: FileRecord, index: number, activation: Activation): Strike | undefined {
    let hit = 0
    if (this.#record !== undefined) {
      this.#record.reach(delivery, file, index, activation)
      hit = activation.hitsOf(file, index)
    }
    for (const target of this.targets) {
      if (target.fired || target.index !== index || target.file !== file) continue
      if (!isOf(target, delivery)) continue
      hit ||= activation.countHit(file, index)
      if (hit !== target.hit || activation.path !== target.branch) continue
      this.#fire(target)
      return target
    }
    return this.targets.find(
      (target) => target.index === index && target.file === file && strikesAgain(target, delivery),
    )
  }

  hold(
    delivery: Delivery,
    file: FileRecord,
    index: number,
    activation: Activation,
    awaited: unknown,
  ): unknown {
    for (const target of this.targets) {
      if (target.fired || target.holdAwait === undefined) continue
      if (target.index !== index || target.file !== file || !isOf(target, delivery)) continue
      if (activation.path !== target.branch || activation.hitsOf(file, index) + 1 !== target.hit) continue
      this.#fire(target)
      return target.holdAwait(delivery, awaited)
    }
    return awaited
  }

  reachQueue(delivery: Delivery, kind: QueuePointKind, key: string, dueNow?: boolean): void {
    this.#record?.reachQueue(delivery, kind, key, dueNow)
    let hit = 0
    for (const target of this.targets) {
      if (target.fired || target.queueKey !== key || !isOf(target, delivery)) continue
      hit ||= this.#countQueueHit(`${target.jobId}/${target.delivery}/${key}`)
      if (hit !== target.hit) continue
      this.#fire(target)
      target.strike(delivery, delivery.root, false)
      return
    }
    for (const target of this.targets)
      if (target.queueKey === key && strikesAgain(target, delivery))
        target.strike(delivery, delivery.root, false)
  }

  #countQueueHit(counted: string): number {
    const hit = (this.#queueHits.get(counted) ?? 0) + 1
    this.#queueHits.set(counted, hit)
    return hit
  }

  #fire(target: Target): void {
    target.fired = true
    if (this.#record !== undefined && this.targets.every(({ fired }) => fired)) {
      this.#after = this.#record.reached.length
    }
  }
}

function isArmed({ fired, permanent }: Target): boolean {
  return !fired || permanent === true
}

/** It is permanent and has struck before; the hook of a dead job is spared. */
function strikesAgain({ fired, permanent, jobId }: Target, { identity }: Delivery): boolean {
  return fired && permanent === true && jobId === identity.jobId && identity.part !== 'dead'
}

function isOf(target: Target, delivery: Delivery): boolean {
  return target.delivery === delivery.identity.ordinal && target.jobId === delivery.identity.jobId
}
