import type { DeliveryRecord, DueJob } from '../../model/delivery.ts'
import type { Claim, DueWindow } from '../port.ts'

/** A job that a dead or frozen worker holds. */
export interface Lapse<C extends Claim> {
  readonly claim: C
  readonly lapsesAtMs: number
  /** When the job is due again; undefined: it has no attempt left. */
  readonly dueMs: number | undefined
  readonly record: DeliveryRecord
}

/**
 * What dead and frozen workers hold. The queue library finds that out when the lock has lapsed, and not before: until
 * then the job is taken, others wait for it, and a zombie of an earlier delivery may still settle it.
 */
export class Lapses<C extends Claim> {
  #lapses: Lapse<C>[] = []

  add(lapse: Lapse<C>): void {
    this.#lapses.push(lapse)
    this.#lapses.sort((a, b) => a.lapsesAtMs - b.lapsesAtMs)
  }

  /** When the next lock lapses, if that is before the job that is due next and in the window. */
  nextMs(nowMs: number, dueMs: number | undefined, { untilMs }: DueWindow): number | undefined {
    const at = this.#lapses[0]?.lapsesAtMs
    if (at === undefined || at > (untilMs ?? at)) return undefined
    return dueMs === undefined || at <= Math.max(nowMs, dueMs) ? at : undefined
  }

  /** Whether a lock has lapsed by now that {@link take} would return. */
  areDue(nowMs: number): boolean {
    return this.#lapses.some(({ lapsesAtMs }) => lapsesAtMs <= nowMs)
  }

  /** Those whose lock has lapsed by now. */
  take(nowMs: number): Lapse<C>[] {
    const count = this.#lapses.filter(({ lapsesAtMs }) => lapsesAtMs <= nowMs).length
    return this.#lapses.splice(0, count)
  }

  /** Jobs that will be due again. */
  due(priorityOf: (claim: C) => number): DueJob[] {
    return this.#lapses.flatMap(({ claim, dueMs }) => {
      if (dueMs === undefined) return []
      const { id, name, payload, attempt } = claim
      return [{ id, name, payload, at: new Date(dueMs), priority: priorityOf(claim), attempt: attempt + 1 }]
    })
  }

  clear(): void {
    this.#lapses = []
  }
}
