interface Emitter {
  on(event: string, listener: (...given: never[]) => void): unknown
  once(event: string, listener: () => void): unknown
  removeListener(event: string, listener: (...given: never[]) => void): unknown
  removeAllListeners(event?: string): unknown
  listeners(event: string): unknown[]
}

/** What is used of a connection of BullMQ to Postgres. */
export interface GuardedConnection extends Pick<Emitter, 'once'> {
  readonly pool: Pick<Emitter, 'on' | 'removeListener'>
  /** Where the pool is its own: what its client that listens is made of. */
  pgModule?: { readonly Client: new (...given: never[]) => Emitter } | undefined
  readonly listenClient?: Emitter | undefined
}

const guarded: WeakSet<GuardedConnection> = new WeakSet()

/**
 * A client that Postgres cuts off tells so once, as an event `error`: an uncaught exception where nobody listens. BullMQ
 * leaves its clients alone while it starts and while it closes. Who queries such a client next learns of it anyway.
 */
export function guardClients(connection: GuardedConnection): void {
  if (guarded.has(connection)) return
  guarded.add(connection)
  const { pool, pgModule, listenClient } = connection
  pool.on('acquire', guard)
  pool.on('release', unguard)
  connection.once('close', () => {
    pool.removeListener('acquire', guard)
    pool.removeListener('release', unguard)
  })
  if (pgModule === undefined) return
  if (listenClient !== undefined) guardForLife(listenClient)
  const { Client } = pgModule
  connection.pgModule = {
    Client: class extends Client {
      constructor(...given: never[]) {
        super(...given)
        guardForLife(this)
      }
    },
  }
}

function ignore(): void {}

function guard(client: Emitter): void {
  if (!client.listeners('error').includes(ignore)) client.on('error', ignore)
}

function unguard(_error: unknown, client: Emitter): void {
  client.removeListener('error', ignore)
}

/** Also after all its listeners were taken off: BullMQ does so before it ends the client. */
function guardForLife(client: Emitter): void {
  guard(client)
  const { removeAllListeners } = client
  client.removeAllListeners = function removeOthers(this: Emitter, ...given) {
    removeAllListeners.apply(this, given)
    guard(client)
    return this
  }
}
