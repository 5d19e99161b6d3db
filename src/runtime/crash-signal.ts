const brand = Symbol.for('faultline.crash')

/** Thrown by every probe of a delivery whose worker process is gone. Never seen by anything that survives. */
export class CrashSignal extends Error {
  constructor(identity: { readonly jobId: string; readonly ordinal: number }) {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(`faultline: the worker of ${identity.jobId} (delivery ${identity.ordinal}) is dead`)
    Error.stackTraceLimit = limit
    this.name = 'CrashSignal'
    Object.defineProperty(this, brand, { value: true })
  }
}

/** Whether a thrown value, or what it wraps, is the death of a delivery. */
export function isCrashSignal(value: unknown): boolean {
  let seen = value
  for (let depth = 0; depth < 8 && typeof seen === 'object' && seen !== null; depth++) {
    if (brand in seen) return true
    const { cause, error, suppressed } = seen as { cause?: unknown; error?: unknown; suppressed?: unknown }
    if (isCrashSignalShallow(error) || isCrashSignalShallow(suppressed)) return true
    seen = cause
  }
  return false
}

function isCrashSignalShallow(value: unknown): boolean {
  return typeof value === 'object' && value !== null && brand in value
}
