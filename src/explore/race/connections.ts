import { execution } from '../../model/context.ts'
import { FaultlineError } from '../../model/error.ts'
import type { Session } from '../../perform/index.ts'
import { bounded } from '../bounded.ts'
import type { Observers } from './observers.ts'
import { waitProbes } from './probes/index.ts'
import type { Racer } from './racer.ts'

/** Makes a worker's own connection. */
export type Connect = (worker: string) => unknown

interface Closable {
  release?(destroy?: boolean): unknown
  end?(): unknown
  close?(): unknown
  [Symbol.asyncDispose]?(): unknown
}

/** What `connect` gives the workers of a race, each its own; taken away after the race. */
export class Connections {
  readonly #connect: Connect
  readonly #observers: Observers

  constructor(connect: Connect, observers: Observers) {
    this.#connect = connect
    this.#observers = observers
  }

  async open(racers: readonly Racer[], session: Session): Promise<void> {
    const context = session.quietContext('connect')
    for (const racer of racers) {
      racer.connection = await execution.run(context, () =>
        bounded('connect', () => this.#connect(racer.worker), session.options.signal),
      )
      const other = racers.find((one) => one !== racer && one.connection === racer.connection)
      if (other === undefined || !isClosable(racer.connection)) continue
      // It is somebody else's, and not closed here.
      for (const one of racers) one.connection = undefined
      throw notItsOwn(other.worker, racer.worker)
    }
  }

  /** The worker died, and its connection with it: the next one has another. */
  async renew(racer: Racer, session: Session): Promise<void> {
    const { connection } = racer
    racer.connection = undefined
    await this.#close(racer, connection, true)
    await this.open([racer], session)
  }

  /** A client of a pool goes back to it; any other connection is closed. */
  async close(racers: readonly Racer[]): Promise<void> {
    for (const racer of racers) {
      const { connection } = racer
      racer.connection = undefined
      await this.#close(racer, connection, isDoubtful(racer))
    }
  }

  async #close({ worker }: Racer, connection: unknown, destroy: boolean): Promise<void> {
    if (destroy) await this.#observers.cut(connection)
    await bounded(`Closing the connection of ${worker}`, () => close(connection, destroy))
  }
}

function isClosable(connection: unknown): boolean {
  const { release, end, close, [Symbol.asyncDispose]: dispose } = (connection ?? {}) as Closable
  return [release, end, close, dispose].some((method) => typeof method === 'function')
}

function notItsOwn(one: string, other: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', {
    message: `connect gave ${one} and ${other} the same connection; allowed is one for each, which is closed after the race.`,
    hint: 'connect: () => pool.connect() takes one from a pool of `pg`.',
  })
}

/** What a hung or dead delivery left in it nobody knows. */
function isDoubtful(racer: Racer): boolean {
  return !racer.ended || racer.blocked !== undefined
}

async function close(connection: unknown, destroy: boolean): Promise<void> {
  if (typeof connection !== 'object' || connection === null) return
  const closable = connection as Closable
  if (typeof closable.release === 'function') await release(closable, destroy)
  else if (typeof closable.end === 'function') await closable.end()
  else if (typeof closable.close === 'function') await closable.close()
  else await closable[Symbol.asyncDispose]?.()
}

/** Transactions and locks that a worker left behind are not the next one's. */
async function release(connection: Closable, destroy: boolean): Promise<void> {
  let broken = destroy
  for (const probe of waitProbes) {
    if (broken || !probe.accepts(connection)) continue
    broken = await probe.reset(connection).then(
      () => false,
      () => true,
    )
  }
  await connection.release!(broken)
}
