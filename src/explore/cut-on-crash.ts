import { FaultlineError } from '../model/error.ts'

interface Client {
  on(event: 'error', listener: () => void): unknown
  readonly connection?: { readonly stream?: { destroy(): unknown } }
}

/** The part of a `pg` pool that is needed; its own lists of clients. */
interface Pool {
  readonly _clients: readonly Client[]
  readonly _idle: readonly { readonly client: Client }[]
}

/**
 * For the option `onCrash`: cuts the connections of a `pg` pool that the dead worker had checked out, as the death
 * of its process would have. Without it, a retry waits for ever for the locks they hold.
 *
 * @example
 * ```ts
 * runSimulation(work, assertions, { onCrash: cutOnCrash(pool) })
 * ```
 * @throws FaultlineError `FAULTLINE_BAD_OPTION` for anything but a pool of `pg`.
 */
export function cutOnCrash(pool: object): () => Promise<void> {
  const { _clients, _idle } = pool as Pool
  if (!Array.isArray(_clients) || !Array.isArray(_idle)) {
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: "cutOnCrash(pool) takes a Pool of the package 'pg': received something else.",
      hint: 'For another driver give `onCrash` a function that destroys its checked-out connections.',
    })
  }
  return async () => {
    const { _clients, _idle } = pool as Pool
    const idle = new Set(_idle.map(({ client }) => client))
    for (const client of _clients) {
      if (idle.has(client)) continue
      client.on('error', () => {})
      client.connection?.stream?.destroy()
    }
  }
}
