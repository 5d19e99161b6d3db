import { seededRandom, VirtualClock } from '../clock/index.ts'
import { execution } from '../model/context.ts'
import { MemoryQueue } from '../queue/index.ts'
import { MemoryTime } from '../queue/memory-time.ts'
import type { QueueAdapter } from '../queue/port.ts'
import { shared } from '../runtime/index.ts'
import { bad, kind } from './bad-option.ts'
import { bounded } from './bounded.ts'
import type { SimulationOptions } from './options.ts'
import { sweep } from './sweep.ts'

type QueueOption = SimulationOptions['queue']

/** Where the virtual clock of a simulation starts: as it says, or its queue; else it is the wall clock. */
export function startMsOf({ now, queue }: Pick<SimulationOptions, 'now' | 'queue'>): number {
  const ofQueue = typeof queue === 'object' ? queue.startsAt : undefined
  return (now ?? ofQueue ?? new Date()).getTime()
}

/** The queue of each run of a simulation: empty, and at the start of virtual time. */
export class FreshQueues {
  readonly #option: QueueOption
  readonly #nowMs: number
  readonly #now: Date
  readonly #seed: number
  readonly #signal: AbortSignal | undefined
  readonly #seen = new WeakSet<QueueAdapter>()
  #last: QueueAdapter | undefined

  constructor(option: QueueOption, nowMs: number, seed: number, signal?: AbortSignal) {
    this.#option = option
    this.#nowMs = nowMs
    this.#now = new Date(nowMs)
    this.#seed = seed
    this.#signal = signal
  }

  next(): QueueAdapter | Promise<QueueAdapter> {
    const option = this.#option
    return option === undefined ? new MemoryQueue({ now: this.#now }) : this.#cleared(option)
  }

  async #cleared(option: NonNullable<QueueOption>): Promise<QueueAdapter> {
    const queue = typeof option === 'function' ? await this.#made(option) : option
    this.#last = queue
    // A queue that was just made may hold what its maker put there, unless it is a view of a server.
    if (typeof option === 'function' && queue.sweep === undefined && !this.#seen.has(queue)) {
      this.#seen.add(queue)
      return queue
    }
    const startsAt = typeof option === 'function' ? queue.startsAt?.getTime() : undefined
    await queue.clear({ nowMs: startsAt ?? this.#nowMs })
    return queue
  }

  /** After the last run. */
  async sweep(): Promise<void> {
    await sweep(this.#last)
  }

  /** A memory queue takes the time of its maker for its start: that must be the same in every run. */
  async #made(option: Exclude<QueueOption, QueueAdapter | undefined>): Promise<QueueAdapter> {
    const clock = new VirtualClock(new MemoryTime(this.#nowMs), { activity: () => shared.progress })
    const context = { clock, random: seededRandom(`${this.#seed}/queue`) }
    clock.start((timer) => timer.context === context)
    try {
      const queue: unknown = await execution.run(context, () => bounded('queue', option, this.#signal))
      if (typeof (queue as QueueAdapter | undefined)?.claim === 'function') return queue as QueueAdapter
      throw bad(
        `queue: received a function that returns ${kind(queue)}; allowed is one that makes a queue such as memoryQueue().`,
      )
    } finally {
      clock.stop()
    }
  }
}
