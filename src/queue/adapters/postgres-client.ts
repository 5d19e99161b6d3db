import { checkLocal } from './local-host.ts'

/** What can run SQL: a `Pool` or a `Client` of `pg`, a PGlite, a transaction of either. */
export interface PostgresClient {
  query(text: string): Promise<{ rows: unknown[] }>
}

interface Connected {
  readonly host?: unknown
  readonly port?: unknown
  release?(): void
}

const allowed = new WeakSet<object>()

/**
 * Refuses to clear what is not on this machine, unless the caller allowed it. Asked once a client.
 *
 * @throws FaultlineError `FAULTLINE_REMOTE`
 */
export async function refuseRemote(client: PostgresClient, allowRemote: boolean): Promise<void> {
  if (allowRemote || allowed.has(client)) return
  const host = await hostOf(client)
  checkLocal(`the Postgres at ${host}`, host, false)
  allowed.add(client)
}

/** What the client connects to; where it does not tell, the address that the server has. */
async function hostOf(client: PostgresClient): Promise<string | undefined> {
  const { host } = client as Connected
  if (typeof host === 'string') return host
  if ('totalCount' in client && 'connect' in client) {
    const connected = await (client as unknown as { connect(): Promise<Connected> }).connect()
    connected.release?.()
    if (typeof connected.host === 'string') return connected.host
  }
  const { rows } = await client.query('select host(inet_server_addr()) as host')
  return (rows[0] as { host: string | null }).host ?? undefined
}
