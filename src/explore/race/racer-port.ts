import type { DeliveryPort } from '../../perform/index.ts'
import type { Claim, QueueAdapter, RunExtras } from '../../queue/port.ts'
import type { Racer } from './racer.ts'

/** The queue as one racer sees it: its jobs get the racer's own connection. */
export class RacerPort implements DeliveryPort {
  readonly #queue: QueueAdapter
  readonly #racer: Racer
  readonly settle: DeliveryPort['settle']
  readonly expire: DeliveryPort['expire']

  constructor(queue: QueueAdapter, racer: Racer) {
    this.#queue = queue
    this.#racer = racer
    this.settle = (claim, ending, outcome) => queue.settle(claim, ending, outcome)
    this.expire = (claim, outcome) => queue.expire(claim, outcome)
  }

  run(claim: Claim, extras: RunExtras): Promise<unknown> {
    const { connection } = this.#racer
    if (connection === undefined) return this.#queue.run(claim, extras)
    return this.#queue.run(claim, {
      connection,
      ...(extras.load && { load: extras.load }),
      get signal() {
        return extras.signal
      },
    })
  }
}
