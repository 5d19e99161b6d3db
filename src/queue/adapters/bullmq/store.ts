import { FaultlineError } from '../../../model/error.ts'
import { describe } from '../../describe.ts'
import type { QueueServer } from '../answered.ts'
import type { Backend } from './driver.ts'
import { isPostgresBackend, PostgresStore } from './postgres-store.ts'
import { isRedisBackend, RedisStore } from './redis-store.ts'

/** A job that waits, as the server has it. */
export interface StoredJob {
  readonly id: string
  readonly name: string
  readonly data: unknown
  readonly options: StoredOptions
  /** When it is due, in milliseconds; none where it waits already. */
  readonly delayedUntilMs: number | undefined
  readonly priority: number
  /** When it was enqueued. */
  readonly timestampMs: number
  /** Since when it was performed last. */
  readonly processedMs: number | undefined
  readonly attemptsMade: number
  readonly attemptsStarted: number
}

/** The options of a job that matter here. */
export interface StoredOptions {
  readonly delay?: number
  readonly deduplication?: { readonly id?: string }
}

/** What the server does that no method of BullMQ does; one for each queue. */
export interface QueueStore {
  readonly server: QueueServer
  /** Where the server is, for {@link checkLocal}. */
  readonly host: string | undefined
  /** All that waits: first what may start now, in its order; then by due time. */
  waiting(): Promise<StoredJob[]>
  /** The first that may start now, and the first that is delayed. */
  heads(): Promise<StoredJob[]>
  /** Puts a job that waits in front of all others; returns what takes the traces of that from the job. */
  front(jobId: string): Promise<(job: { priority: number }) => Promise<void>>
  /** Gives these jobs, which wait in the same way, each other's places, in this order. */
  arrange(jobIds: readonly string[]): Promise<void>
  /** The lock of a job is gone, and the check for such jobs may run at once. */
  lapse(jobId: string): Promise<void>
  /** The check for stalled jobs may run once more at once. */
  allowStalledCheck(): Promise<void>
  /** Lets virtual time pass for what the server expires by its own clock. */
  pass(ms: number, deduplicationIds: readonly string[]): Promise<void>
}

/**
 * The store behind a backend of BullMQ.
 *
 * @throws FAULTLINE_BAD_OPTION for a backend that is neither Redis nor Postgres.
 */
export async function storeOf(backend: Backend): Promise<QueueStore> {
  if (isPostgresBackend(backend)) return PostgresStore.of(backend)
  if (isRedisBackend(backend)) return RedisStore.of(backend)
  throw new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `A queue of BullMQ has a backend that is not known: received ${describe(backend)}; allowed are its Redis and its Postgres backend.`,
  })
}
