import type { Job, JobsOptions, QueueOptions, WorkerOptions } from 'bullmq'

/** A `Worker` of BullMQ, whatever its jobs and its backend are. */
export interface BullmqWorker {
  readonly name: string
  readonly opts: object
  isRunning(): boolean
  pause(doNotWaitActive?: boolean): Promise<void>
  getBackend(): unknown
}

/** A `Queue` of BullMQ, whatever its jobs and its backend are. */
export interface BullmqQueueLike {
  readonly name: string
  readonly opts: object
  add(name: never, data: never, options?: never): Promise<{ readonly id?: string | undefined }>
  getBackend(): unknown
}

/** A queue and the code that performs its jobs: the adapter makes the `Worker`. */
export interface BullmqProcessor {
  readonly queue: BullmqQueueLike
  // biome-ignore lint/suspicious/noExplicitAny: jobs of every kind of data
  readonly processor: (job: Job<any, any, any>, token?: string, signal?: AbortSignal) => Promise<unknown>
  /** Those of the `Worker`; its connection is the queue's. */
  readonly options?: Omit<WorkerOptions, 'connection'>
}

/** What this adapter uses of a worker beside its documented interface. */
export interface WorkerInternals extends BullmqWorker {
  readonly opts: WorkerOptions & { readonly lockDuration: number }
  readonly qualifiedName: string
  readonly Job: JobClass
  readonly closing?: Promise<void> | undefined
  /** Where the code is a file that BullMQ runs in another process. */
  readonly childPool?: unknown
  readonly processFn?: ProcessJob
  readonly processorAcceptsSignal: boolean
  limitUntil: number
  blockUntil: number
  drained: boolean
  emit(event: string, ...args: unknown[]): boolean
  listenerCount(event: string): number
  getBackend(): Backend
  getNextJob(token: string, options: { readonly block: boolean }): Promise<Job | undefined>
  processJob(job: Job, token: string, fetchNext: () => boolean): Promise<Job | undefined>
  callProcessJob: ProcessJob
  getUnrecoverableErrorMessage(job: Job): string | undefined
  moveStalledJobsToWait(): Promise<void>
  run(): Promise<void>
  close(force?: boolean): Promise<void>
}

/** What it uses of a queue. */
export interface QueueInternals extends BullmqQueueLike {
  readonly opts: QueueOptions
  readonly qualifiedName: string
  readonly Job: JobClass
  readonly backendFactory: unknown
  add(name: unknown, data: unknown, options?: unknown): Promise<{ readonly id?: string | undefined }>
}

type ProcessJob = (job: Job, token: string, signal?: AbortSignal) => Promise<unknown>

/** The class behind `queue.add`. */
export interface JobClass {
  new (
    queue: { readonly name: string },
    name: string,
    data: unknown,
    options: JobsOptions,
    id: string | undefined,
  ): { asJSON(): object }
  create(queue: { readonly name: string }, name: string, data: unknown, options?: JobsOptions): Promise<Job>
  createBulk(queue: { readonly name: string }, jobs: readonly BulkJob[]): Promise<Job[]>
}

export interface BulkJob {
  readonly name: string
  readonly opts?: JobsOptions
}

/** The part of BullMQ's `IQueueBackend` that is the same for Redis and Postgres. */
export interface Backend {
  waitUntilReady(): Promise<void>
  pause(pause: boolean): Promise<void>
  obliterate(options: { readonly force: boolean; readonly count: number }): Promise<number>
  getQueueMeta(): Promise<Record<string, string>>
  setQueueMeta(values: Record<string, string>): Promise<unknown>
  addJob(job: object, jobId: string): Promise<unknown>
  getState(jobId: string): Promise<string>
  retryFinishedJob(
    job: Job,
    state: 'completed' | 'failed',
    options: { readonly resetAttemptsMade: boolean },
  ): Promise<void>
}
