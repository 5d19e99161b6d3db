/** The brand by which two loaded copies of the package recognise each other's errors. */
const brand: unique symbol = Symbol.for('faultline.error') as never

/** Every code that a {@link FaultlineError} may carry. Codes are stable; messages are not. */
export type FaultlineErrorCode =
  | 'FAULTLINE_BAD_OPTION'
  | 'FAULTLINE_BAD_TIME'
  | 'FAULTLINE_BAD_JOB'
  | 'FAULTLINE_UNKNOWN_JOB'
  | 'FAULTLINE_PAYLOAD'
  | 'FAULTLINE_ARCHIVE'
  | 'FAULTLINE_RUNAWAY'
  | 'FAULTLINE_JOB_DEAD'
  | 'FAULTLINE_JOB_TIMEOUT'
  | 'FAULTLINE_GLITCH'
  | 'FAULTLINE_UNREACHED'
  | 'FAULTLINE_NO_SUCH_POINT'
  | 'FAULTLINE_NO_POINTS'
  | 'FAULTLINE_NO_SCENARIOS'
  | 'FAULTLINE_NOTHING_ENQUEUED'
  | 'FAULTLINE_SNAPSHOT'
  | 'FAULTLINE_HUNG'
  | 'FAULTLINE_UNSETTLED'
  | 'FAULTLINE_REJECTION'
  | 'FAULTLINE_UNDRAINED'
  | 'FAULTLINE_ASSERTION'
  | 'FAULTLINE_NONDETERMINISTIC'
  | 'FAULTLINE_NOT_RESILIENT'
  | 'FAULTLINE_REPLAY'
  | 'FAULTLINE_DEADLOCK'
  | 'FAULTLINE_PRUNE'
  | 'FAULTLINE_NESTED'
  | 'FAULTLINE_ABORTED'
  | 'FAULTLINE_REMOTE'
  | 'FAULTLINE_SERVER_GONE'
  | 'FAULTLINE_WORKER'
  | 'FAULTLINE_PARSE'
  | 'FAULTLINE_NODE_VERSION'
  | 'FAULTLINE_REPORT_FILE'
  | 'FAULTLINE_REPORT_SCHEMA'
  | 'FAULTLINE_REPORT_VERSION'
  | 'FAULTLINE_REPORT_MERGE'
  | 'FAULTLINE_INTERNAL'

/** What a {@link FaultlineError} is made of. */
export interface FaultlineErrorInit {
  /** What broke, what was received and what is allowed. */
  readonly message: string
  /** What to do about it, in one sentence or a few lines. */
  readonly hint?: string
  readonly cause?: unknown
}

/**
 * The one base class of everything that Faultline itself throws.
 *
 * @example
 * ```ts
 * try { await performAll(queue) }
 * catch (error) { if (isFaultlineError(error, 'FAULTLINE_JOB_DEAD')) console.log(error.hint) }
 * ```
 */
export class FaultlineError extends Error {
  readonly code: FaultlineErrorCode
  declare readonly hint?: string

  constructor(code: FaultlineErrorCode, init: FaultlineErrorInit) {
    const text = init.hint === undefined ? init.message : `${init.message}\n  hint: ${init.hint}`
    super(text, init.cause === undefined ? undefined : { cause: init.cause })
    this.name = 'FaultlineError'
    this.code = code
    if (init.hint !== undefined) this.hint = init.hint
    Object.defineProperty(this, brand, { value: true, enumerable: false })
  }
}

/**
 * Whether a value is a {@link FaultlineError} of any loaded copy of the package, optionally of one code.
 *
 * @example
 * ```ts
 * isFaultlineError(error, 'FAULTLINE_PAYLOAD')
 * ```
 */
export function isFaultlineError(value: unknown, code?: FaultlineErrorCode): value is FaultlineError {
  if (typeof value !== 'object' || value === null || !(brand in value)) return false
  return code === undefined || (value as unknown as FaultlineError).code === code
}
