import type { DeliveryPort } from '../../perform/index.ts'
import type { Claim, QueueAdapter, RunExtras } from '../../queue/port.ts'
import type { Racer } from './racer.ts'

/** The queue as one racer sees it: its jobs get the racer's own connection. */
export class RacerPort implements DeliveryPort {
  readonly #queue: QueueAdapter
  readonly #racer: Racer

  constructor(queue: QueueAdapter, racer: Racer) {
    this.#queue = queue
    this.#racer = racer
  }

  settle(...given: Parameters<DeliveryPort['settle']>): ReturnType<DeliveryPort['settle']> {
    return this.#queue.settle(...given)
  }

  expire(...given: Parameters<DeliveryPort['expire']>): ReturnType<DeliveryPort['expire']> {
    return this.#queue.expire(...given)
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
