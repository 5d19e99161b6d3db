import type { Place } from '../model/point.ts'
import { type Fault, faultBrand } from './fault.ts'

const brand = Symbol.for('faultline.glitch')

/**
 * The transient failure that {@link error} throws by default: it looks like a reset connection, and it says
 * where it struck. A retry gets through.
 *
 * @example
 * ```ts
 * catch (error) { if (error.code === 'ECONNRESET') throw error }
 * ```
 */
export class GlitchError extends Error {
  readonly code = 'ECONNRESET'
  readonly retryable = true

  constructor(where: string, within = '') {
    // Capturing frames costs more than all else in a scenario, and every one of them would be Faultline's.
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(`glitch at ${where} (ECONNRESET)`)
    Error.stackTraceLimit = limit
    this.name = 'GlitchError'
    this.stack = `GlitchError: ${this.message}\n    at ${within === '' ? where : `${within} (${where})`}`
    Object.defineProperty(this, brand, { value: true, enumerable: false })
  }
}

/** Whether a value is a {@link GlitchError}, of any loaded copy of the package. */
export function isGlitchError(value: unknown): value is GlitchError {
  return typeof value === 'object' && value !== null && brand in value
}

/**
 * A transient error: any call or await fails once. By default a {@link GlitchError}; any value can be given, or
 * a function or a class of errors that makes one.
 *
 * @example
 * ```ts
 * runSimulation(work, assertions, { faults: [error(() => new TypeError('fetch failed')), 'crash'] })
 * ```
 */
export function error(value?: unknown | (() => unknown)): Fault {
  return {
    [faultBrand]: true,
    name: 'error',
    obstacle: (place, policy) =>
      place.canFail || policy === 'everywhere' ? undefined : 'nothing there can throw',
    strike: ({ place, delivery }) => {
      const thrown = value === undefined ? new GlitchError(whereOf(place), place.function) : made(value)
      delivery.injected = { error: thrown }
      throw thrown
    },
  }
}

function made(value: unknown): unknown {
  if (typeof value !== 'function') return value
  return isErrorClass(value) ? new value('thrown by error()') : value()
}

/** `error(TypeError)` and `error(PaymentError)` mean one of these; a class cannot be called. */
function isErrorClass(value: object): value is new (message: string) => Error {
  const { prototype } = value as { prototype?: unknown }
  return value === Error || prototype instanceof Error
}

function whereOf(place: Place): string {
  if (place.line === 0) return place.key
  return `${place.file}:${place.line}${place.column === 0 ? '' : `:${place.column}`}`
}
