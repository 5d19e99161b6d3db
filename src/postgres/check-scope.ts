import { FaultlineError } from '../model/error.ts'
import { checkOptionNames } from '../queue/adapters/check-options.ts'
import { describe } from '../queue/describe.ts'

/**
 * Refuses what can run no SQL, and options that are none.
 *
 * @throws FaultlineError `FAULTLINE_BAD_OPTION`
 */
export function checkScope(
  caller: string,
  client: unknown,
  options: unknown,
  allowed: readonly string[],
): void {
  if (typeof (client as { query?: unknown } | null | undefined)?.query !== 'function')
    throw bad(`${caller}(pool) takes a Pool or a Client of the package 'pg', or a PGlite`, client)
  checkOptionNames(caller, options, allowed)
  const { schemas, ignore } = options as { readonly schemas?: unknown; readonly ignore?: unknown }
  if (schemas !== undefined && (!isNames(schemas) || schemas.length === 0))
    throw bad(`${caller}: schemas must be a list of at least one name`, schemas)
  if (ignore !== undefined && !isNames(ignore))
    throw bad(`${caller}: ignore must be a list of names of tables and columns`, ignore)
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string')
}

function bad(allowed: string, received: unknown): FaultlineError {
  const what = Array.isArray(received) ? `a list of ${received.length}` : describe(received)
  return new FaultlineError('FAULTLINE_BAD_OPTION', { message: `${allowed}: received ${what}.` })
}
