import type { DeliveryRecord } from '../../../model/delivery.ts'
import type { BossClaim } from './boss-claim.ts'
import type { ReadyBoss } from './boss-setup.ts'
import type { VirtualStatements } from './virtual-statements.ts'

interface Lapsing {
  readonly claim: BossClaim
  readonly lapsesAtMs: number
  readonly record: DeliveryRecord
}

/**
 * Jobs whose worker died or froze. The supervisor of pg-boss fails them when they have expired; here that happens when
 * the next job is looked for, and not before: until then a zombie of an earlier delivery may still settle the job.
 */
export class BossExpiry {
  readonly #statements: VirtualStatements
  readonly #lapsing: Lapsing[] = []

  constructor(statements: VirtualStatements) {
    this.#statements = statements
  }

  /** When the job is delivered again; where no attempt is left, when it dies. */
  add(claim: BossClaim, nowMs: number, record: DeliveryRecord): number {
    claim.lapsed = true
    const lapsesAtMs = claim.lapsesAtMs(nowMs)
    this.#lapsing.push({ claim, lapsesAtMs, record })
    return claim.attempt < claim.maxAttempts ? lapsesAtMs + claim.retryAfterMs : lapsesAtMs
  }

  /** What the supervisor does, at the time when it would have done it; which jobs it found, and how they died. */
  async apply({ boss, jobs }: ReadyBoss): Promise<{ id: string; died?: DeliveryRecord }[]> {
    const found: { id: string; died?: DeliveryRecord }[] = []
    for (const { claim, lapsesAtMs, record } of this.#lapsing.splice(0)) {
      const { id, name, fence } = claim
      const response = await this.#statements.with({ nowMs: lapsesAtMs }, () =>
        boss.fail(name, fence, new Error('job timed out')),
      )
      if ((response as { affected: number }).affected === 0) continue
      const state = await jobs.stateOf(name, id)
      found.push(state?.state === 'failed' ? { id, died: record } : { id })
    }
    return found
  }

  clear(): void {
    this.#lapsing.length = 0
  }
}
