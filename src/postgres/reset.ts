import { FaultlineError } from '../model/error.ts'
import { type PostgresClient, refuseRemote } from '../queue/adapters/postgres-client.ts'
import { type PostgresScope, quoted, tablesOf } from './catalog.ts'
import { checkScope } from './check-scope.ts'

/** What {@link postgresReset} empties. */
export interface PostgresResetOptions extends PostgresScope {
  /** Also where the database is not on this machine; default false. */
  readonly allowRemote?: boolean
}

/**
 * Empties all tables and starts their sequences anew: a clean world for `setup`, in about a millisecond. Schemas of
 * queue libraries and the tables in which migrations are kept are left alone, unless `schemas` names them.
 *
 * @example
 * ```ts
 * runSimulation(work, assertions, { setup: () => postgresReset(pool, { ignore: ['countries'] }) })
 * ```
 * @throws FaultlineError `FAULTLINE_REMOTE` for a database on another machine; `FAULTLINE_BAD_OPTION` for a name in `ignore` or `schemas`
 * that does not exist, and where a table that is left alone references one that is to be emptied.
 */
export async function postgresReset(
  client: PostgresClient,
  options: PostgresResetOptions = {},
): Promise<void> {
  checkScope('postgresReset', client, options, ['schemas', 'ignore', 'allowRemote'])
  await refuseRemote(client, options.allowRemote === true)
  const { tables } = await tablesOf(client, options, 'postgresReset')
  if (tables.length === 0) return
  const list = tables.map(({ schema, name }) => quoted(schema, name)).join(', ')
  try {
    // No `cascade`: it would empty tables that were to be left alone.
    await client.query(`truncate ${list} restart identity`)
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== '0A000') throw cause
    throw new FaultlineError('FAULTLINE_BAD_OPTION', {
      message: `postgresReset cannot empty a table that another references which is left alone: ${(cause as { detail?: string }).detail ?? (cause as Error).message}`,
      hint: 'Name both in `ignore`, or neither; or name the schema of the other in `schemas`.',
      cause,
    })
  }
}
