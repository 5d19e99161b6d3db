import { FaultlineError } from '../../model/error.ts'

/** What can run SQL: a `Pool` or a `Client` of `pg`, a PGlite, a transaction of either. */
export interface PostgresClient {
  query(text: string): Promise<{ rows: unknown[] }>
}

interface Connected {
  readonly host?: unknown
  release?(): void
}

const local = new WeakSet<object>()

/**
 * Refuses to clear what is not on this machine, unless the caller allowed it.
 *
 * @throws FaultlineError `FAULTLINE_BAD_OPTION`
 */
export async function refuseRemote(
  client: PostgresClient,
  caller: string,
  allowRemote: boolean,
): Promise<void> {
  if (allowRemote || local.has(client)) return
  const host = await hostOf(client)
  if (isLocalHost(host)) {
    local.add(client)
    return
  }
  throw new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `${caller} deletes rows, and the database is on '${host}', which is not this machine.`,
    hint: 'If that is a database for tests and nothing else, pass `allowRemote: true`.',
  })
}

/** Whether a host is this machine: a loopback address, a socket's folder, or no host at all. */
export function isLocalHost(host: string | undefined): boolean {
  if (host === undefined || host === '' || host.startsWith('/') || host.startsWith('@')) return true
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    /^(?:::ffff:)?127(?:\.\d+){3}$/.test(name)
  )
}

/** What the client connects to; where it does not tell, the address that the server has. */
async function hostOf(client: PostgresClient): Promise<string | undefined> {
  const { host } = client as Connected
  if (typeof host === 'string') return host
  const { connect } = client as { connect?: unknown }
  if (typeof connect === 'function' && 'totalCount' in client) {
    const connected = (await (client as unknown as { connect(): Promise<Connected> }).connect()) as Connected
    connected.release?.()
    if (typeof connected.host === 'string') return connected.host
  }
  const { rows } = await client.query('select host(inet_server_addr()) as host')
  return (rows[0] as { host: string | null }).host ?? undefined
}
