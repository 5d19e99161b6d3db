/** Who waits for whom, as a server tells it. */
export interface ServerWait {
  /** Positions of the connections that it waits for; -1: one that is of no racer. */
  readonly by: readonly number[]
  /** What for, in words. */
  readonly what?: string
}

/** Asks one server, over a connection of its own. */
export interface WaitObserver {
  /** For each of the connections: what it waits for, or that the server works for it; `undefined`: it has nothing to do. */
  waits(connections: readonly unknown[]): Promise<(ServerWait | 'busy' | undefined)[]>
  /** Ends the session of a connection at once, with whatever it does and holds. */
  cut(connection: unknown): Promise<void>
  close(): Promise<void>
}

/** A kind of server that can tell who waits for whom; a new one is a file, and a line in `index.ts`. */
export interface WaitProbe {
  readonly name: string
  /** Whether this is a connection to such a server. */
  accepts(connection: unknown): boolean
  /** Ends whatever a worker left open in its connection, before another one gets it. */
  reset(connection: unknown): Promise<void>
  /** Who waited for whom, for each of the connections, where an error says that this was a deadlock. */
  deadlock(error: unknown, connections: readonly unknown[]): (ServerWait | undefined)[] | undefined
  /** Opens a second connection to the same server. */
  open(connection: unknown): Promise<WaitObserver>
}
