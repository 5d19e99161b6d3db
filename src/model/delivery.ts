/** How one delivery ended. */
export type DeliveryOutcome =
  | 'completed'
  | 'failed'
  | 'dead'
  | 'crashed'
  | 'stalled'
  | 'interrupted'
  | 'timedOut'
  | 'rescheduled'
  | 'lost'

const notRun = 'FAULTLINE_NOT_RUN'

/** The error of a job that its queue gave up without running it once more: its workers died too often. */
export function gaveUp(name: string, message: string): Error {
  const error = Object.assign(new Error(message), { code: notRun })
  error.name = name
  return error
}

/** Whether that is what a job died of. */
export function isGivenUp(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === notRun
}

/** One delivery that was performed. */
export interface DeliveryRecord {
  /** The job's id. */
  readonly id: string
  readonly name: string
  readonly payload: unknown
  /** 1-based, as the queue counts: a delivery whose worker died consumes none. */
  readonly attempt: number
  /** 1-based: the how-many-th delivery of the job this is. */
  readonly delivery: number
  /** The virtual time at which it started. */
  readonly at: Date
  readonly outcome: DeliveryOutcome
  /** What `perform` resolved to. */
  readonly result?: unknown
  readonly error?: unknown
}

/** A job that waits in a queue. */
export interface DueJob {
  readonly id: string
  readonly name: string
  readonly payload: unknown
  /** When it is due, in virtual time. */
  readonly at: Date
  readonly priority: number
  /** The attempt that its next delivery will be. */
  readonly attempt: number
}

/** What `performAll` did. */
export interface Performed {
  /** In the order in which they ran. */
  readonly performed: DeliveryRecord[]
  readonly dead: DeliveryRecord[]
  readonly pending: DueJob[]
  /** The virtual now. */
  readonly now: Date
}
