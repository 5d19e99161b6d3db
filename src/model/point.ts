/** The kinds of {@link Point}. */
export type PointKind = 'line' | 'call' | 'return' | 'await' | 'enqueue' | 'settle' | 'start'

/** A further name of the same point: nothing is executed between the two. */
export interface PointName {
  readonly kind: PointKind
  readonly key: string
  readonly line: number
}

/** A place in the source where a delivery can fail, as the transform found it. */
export interface Place {
  readonly kind: PointKind
  /** `src/jobs/charge.ts:14`; with `:column` where it is not the first on its line. */
  readonly key: string
  /** Relative to the project's root, with `/`. */
  readonly file: string
  readonly line: number
  readonly column: number
  /** `chargeOrder`, `Mailer#deliver`, `Mailer.create`, `object.method`. */
  readonly function: string
  /** Something here can throw: a call, an await, a construction, a yield, an import. */
  readonly canFail: boolean
  /** The delivery can be held here: the function is async. */
  readonly pausable: boolean
  /** Its other names. */
  readonly also: readonly PointName[]
}

/** A place reached: the how-many-th time, on which delivery, of which job. */
export interface Point extends Place {
  /** 1-based, within one delivery, counted per async branch, branches in the order of their creation. */
  readonly hit: number
  /** 1-based: which delivery of the job. */
  readonly attempt: number
  /** The job's name. */
  readonly job: string
  /** The job's id, stable between runs: `charge-1`. */
  readonly jobId: string
}
