import { AsyncLocalStorage } from 'node:async_hooks'
import type { ContextDelivery, ExecutionContext } from '../model/context.ts'
import { execution } from '../model/context.ts'

/** The clock's side of a timer. */
export interface TimerHost {
  schedule(timer: VirtualTimer): void
  remove(timer: VirtualTimer): void
}

/** By which two loaded copies of the package recognise each other's timers. */
const brand = Symbol.for('faultline.timer')

const byId: Map<number, VirtualTimer> = new Map()
/** Far above the ids of real timers, which count from 1. */
let lastId = 2 ** 40

/** A timer in virtual time; to the code that set it, it is what Node's `setTimeout` returns. */
export class VirtualTimer {
  /** When it fires, in virtual milliseconds since the epoch. */
  dueMs = 0
  readonly delayMs: number
  readonly repeat: boolean
  /** Whose code set it. */
  readonly context: ExecutionContext | undefined = execution.getStore()
  readonly #host: TimerHost
  readonly #callback: () => void
  readonly #inContext: <R>(fn: () => R) => R = AsyncLocalStorage.snapshot()
  #ref = true
  #closed = false
  #id: number | undefined

  constructor(host: TimerHost, callback: () => void, delayMs: number, repeat: boolean) {
    this.#host = host
    this.#callback = callback
    this.delayMs = delayMs
    this.repeat = repeat
    this.refresh()
  }

  /** It dies with this delivery. */
  get delivery(): ContextDelivery | undefined {
    return this.context?.delivery
  }

  /** Calls back in the async context in which the timer was set. An error there is uncaught, as Node's is. */
  fire(): void {
    const { delivery } = this
    // The timers of a frozen process fire when it goes on: after the code that was in the middle of something.
    if (delivery?.asleep) {
      void delivery.sleep?.then(() => this.#closed || this.fire())
      return
    }
    delivery?.timerFired(this)
    if (delivery?.dead) return
    this.#inContext(() => {
      try {
        this.#callback()
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    })
    if (this.repeat) this.refresh()
  }

  ref(): this {
    this.#ref = true
    return this
  }

  unref(): this {
    this.#ref = false
    return this
  }

  hasRef(): boolean {
    return this.#ref
  }

  /** It goes on firing until it is cleared, and keeps its process alive. */
  get beats(): boolean {
    return this.repeat && this.#ref && !this.#closed
  }

  refresh(): this {
    if (this.#closed) return this
    this.#host.schedule(this)
    return this
  }

  close(): this {
    this.#closed = true
    this.#host.remove(this)
    if (this.#id !== undefined) byId.delete(this.#id)
    return this
  }

  [Symbol.toPrimitive](): number {
    if (this.#id === undefined) byId.set((this.#id = ++lastId), this)
    return this.#id
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

Object.defineProperty(VirtualTimer.prototype, brand, { value: true })

/** The virtual timer behind what code passes to `clearTimeout`: the timer itself, or its number. */
export function virtualTimerOf(handle: unknown): VirtualTimer | undefined {
  if (typeof handle === 'object' && handle !== null && brand in handle)
    return handle as unknown as VirtualTimer
  if (typeof handle === 'number' || typeof handle === 'string') return byId.get(Number(handle))
  return undefined
}
