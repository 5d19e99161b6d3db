import type { Activation } from '../activation.ts'
import type { Delivery } from '../delivery.ts'
import type { Mode, Strike } from '../mode.ts'
import type { FileRecord } from '../shared.ts'

/** A point that a recorded run reached, and what strikes there: once and only once. */
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
  /** Strikes before the awaited value is handed over, by holding it: it can take its time. */
  holdAwait?(delivery: Delivery, awaited: unknown): unknown
  fired: boolean
}

/** Strikes at points that are known from a recorded run. */
export class InjectMode implements Mode {
  readonly name = 'inject'
  readonly returns = 'reached'
  readonly targets: readonly Target[]
  readonly #queueHits = new Map<string, number>()

  constructor(targets: readonly Target[]) {
    this.targets = targets
  }

  arm(file: FileRecord): void {
    for (const target of this.targets) if (target.file === file && !target.fired) file.s[target.index] = 1
  }

  reach(delivery: Delivery, file: FileRecord, index: number, activation: Activation): Strike | undefined {
    let hit = 0
    for (const target of this.targets) {
      if (target.fired || target.index !== index || target.file !== file) continue
      if (!isOf(target, delivery)) continue
      hit ||= activation.countHit(file, index)
      if (hit !== target.hit || activation.path !== target.branch) continue
      target.fired = true
      return target
    }
    return undefined
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
      target.fired = true
      return target.holdAwait(delivery, awaited)
    }
    return awaited
  }

  reachQueue(delivery: Delivery, _kind: 'enqueue' | 'settle', key: string): void {
    for (const target of this.targets) {
      if (target.fired || target.queueKey !== key || !isOf(target, delivery)) continue
      const hit = (this.#queueHits.get(key) ?? 0) + 1
      this.#queueHits.set(key, hit)
      if (hit !== target.hit) continue
      target.fired = true
      target.strike(delivery, delivery.root, false)
    }
  }
}

function isOf(target: Target, delivery: Delivery): boolean {
  return target.delivery === delivery.identity.ordinal && target.jobId === delivery.identity.jobId
}
