/** What a worker process is told when it is started to be killed; see `runtime/armed-worker/`. */
export interface WorkerArming {
  /** The file that it writes down what it does in, and reads what the workers before it did. */
  readonly log: string
  /** Names of jobs, and the function that each delivery of them calls: `src/jobs/charge.ts#charge`. */
  readonly deliveries: Readonly<Record<string, string>>
  /** Every point is written down. */
  readonly traced: boolean
  /** Where it dies; absent: nowhere. */
  readonly target?: WorkerTarget
}

/** One point of one delivery, as the trace of another process of the same program knew it. */
export interface WorkerTarget {
  readonly signal: WorkerSignal
  readonly file: string
  readonly index: number
  readonly jobId: string
  /** 1-based: the how-many-th delivery of the job. */
  readonly delivery: number
  /** The activation's path, and the hit within it. */
  readonly branch: string
  readonly hit: number
}

/** `SIGKILL`: gone at once. `SIGTERM`: asked to stop. */
export type WorkerSignal = 'SIGKILL' | 'SIGTERM'

/** One line of the log, as JSON: times are real, in milliseconds since the epoch. */
export type WorkerLogLine =
  | readonly ['process', pid: number]
  | readonly ['file', id: number, path: string, root: string, hash: string, table: string]
  | readonly ['delivery', job: string, jobId: string, delivery: number, key: string, at: number]
  | readonly [
      'reached',
      jobId: string,
      delivery: number,
      file: number,
      index: number,
      branch: string,
      hit: number,
    ]
  /** A first-party function that was called outside of deliveries: for who named none that is. */
  | readonly ['called', key: string]
  | readonly ['struck', at: number]

/** The descriptor of the pipe that ends with the process that started the worker. */
export const LIFELINE = 3
