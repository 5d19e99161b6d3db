import type { Claim } from '../port.ts'

/** What a claim says of its delivery; what it holds, each adapter adds. */
export abstract class AdapterClaim implements Claim {
  readonly id: string
  readonly name: string
  readonly payload: unknown
  readonly attempt: number
  readonly maxAttempts: number
  readonly delivery: number
  readonly redelivered: boolean
  readonly worker: string
  readonly atMs: number
  readonly part = 'perform'

  constructor(of: Omit<Claim, 'part' | 'timeoutMs'>) {
    this.id = of.id
    this.name = of.name
    this.payload = of.payload
    this.attempt = of.attempt
    this.maxAttempts = of.maxAttempts
    this.delivery = of.delivery
    this.redelivered = of.redelivered
    this.worker = of.worker
    this.atMs = of.atMs
  }
}

/** What the queue library does not know of a delivery. */
export type Started = Pick<Claim, 'worker' | 'atMs' | 'delivery' | 'redelivered'>
