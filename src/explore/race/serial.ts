import { FaultlineError } from '../../model/error.ts'
import { compareSnapshots, type Finding } from '../../oracle/index.ts'

/** Final states of works that ran one after the other: any of them is right. */
export class SerialStates {
  readonly #states: { readonly order: string; readonly state: unknown }[] = []
  readonly #mask: readonly (string | RegExp)[]

  constructor(mask: readonly (string | RegExp)[]) {
    this.#mask = mask
  }

  add(order: string, state: unknown): void {
    if (this.#states.some((known) => compareSnapshots(known.state, state, this.#mask) === undefined)) return
    this.#states.push({ order, state })
  }

  /** Whether a final state equals one of them; else the finding, with the difference to the nearest. */
  compare(state: unknown): Finding | undefined {
    let nearest: { order: string; text: string } | undefined
    for (const known of this.#states) {
      const finding = compareSnapshots(known.state, state, this.#mask)
      if (finding === undefined) return undefined
      const { message } = finding.error
      const text = message.slice(message.indexOf('\n') + 1)
      if (nearest === undefined || text.length < nearest.text.length) nearest = { order: known.order, text }
    }
    if (nearest === undefined) return undefined
    const count = this.#states.length
    const orders = count === 1 ? 'the one that every order has' : `any of the ${count} that the orders have`
    return {
      reason: 'snapshot',
      error: new FaultlineError('FAULTLINE_SNAPSHOT', {
        message: `The final state is not ${orders} where the works run one after the other (- after ${nearest.order}, + received):\n${nearest.text}`,
      }),
    }
  }
}

/** Whether each work ran from its start to its end: the order of the works, or `undefined`. */
export function serialOrder(schedule: string): string | undefined {
  const order = schedule.replace(/(.)\1+/g, '$1')
  return new Set(order).size === order.length ? order : undefined
}
