import type { QueueAdapter } from '../../../src/queue/port.ts'

/** One queue library in the bench of deliveries; a new one is one new file and one line in `queues.ts`. */
export interface BenchQueue {
  readonly name: string
  /** Starts what it needs. */
  start(): Promise<StartedBench>
}

export interface StartedBench {
  readonly adapter: QueueAdapter
  /** Adds so many jobs that do nothing. */
  add(jobs: number): Promise<void>
  /** Performs them all as the library's own documents do by hand, one at a time. */
  bare(): Promise<void>
  /** The library's own worker, where it differs. */
  worker?(): Promise<void>
  stop(): Promise<void>
}
