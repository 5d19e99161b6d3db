import { answered, serverGone } from './answered.ts'

/** What the driver says of a connection that broke or cannot be made. */
const networkCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT', 'EHOSTUNREACH'])
/** What Postgres says: connection exceptions, shut down, starting up. */
const serverCodes = /^(?:08|57P0)/
const driverTexts = /connection terminated|timeout exceeded when trying to connect|pglite is closed/i

interface PoolLike {
  readonly options?: { readonly host?: unknown; readonly port?: unknown; readonly connectionString?: unknown }
  readonly host?: unknown
  readonly port?: unknown
}

/** A Postgres behind a queue, for errors: `Postgres at localhost:5432`. */
export function postgresName(client: object): string {
  const { options = {}, ...own } = client as PoolLike
  const { host = options.host, port = options.port } = own
  if (typeof options.connectionString === 'string') {
    try {
      return `Postgres at ${new URL(options.connectionString).host}`
    } catch {
      return 'Postgres'
    }
  }
  if (typeof host !== 'string') return 'Postgres'
  return `Postgres at ${host}${port === undefined || host.startsWith('/') ? '' : `:${port}`}`
}

/**
 * What an operation on Postgres comes to; where the server went away or is silent, an error that names it.
 *
 * @throws FAULTLINE_SERVER_GONE
 */
export async function atPostgres<T>(name: string, what: string, operation: Promise<T>): Promise<T> {
  try {
    return await answered({ name, isUp: () => true }, operation, what)
  } catch (error) {
    throw isGone(error) ? serverGone({ name }, what, (error as Error).message, error) : error
  }
}

/** Whether an error says that the server cannot be reached. */
export function isGone(error: unknown): boolean {
  const {
    code,
    message = '',
    errors,
  } = (error ?? {}) as {
    code?: unknown
    message?: string
    errors?: unknown[]
  }
  if (typeof code === 'string' && (networkCodes.has(code) || serverCodes.test(code))) return true
  return driverTexts.test(message) || (errors ?? []).some(isGone)
}
