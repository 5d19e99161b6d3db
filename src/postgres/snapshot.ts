import type { PostgresClient } from '../queue/adapters/postgres-client.ts'
import { canonicalRows } from './canonical-rows.ts'
import { literal, type PostgresScope, quoted, type Table, tablesOf } from './catalog.ts'
import { checkScope } from './check-scope.ts'
import { readable, textOf } from './column-text.ts'

/** What {@link postgresSnapshot} reads. */
export interface PostgresSnapshotOptions extends PostgresScope {
  /** Tables and columns that do not count: `'audit_log'`, `'orders.updated_at'`, `'billing.invoices.pdf'`. */
  readonly ignore?: readonly string[]
}

/** A row: the value of each column that counts. */
export type SnapshotRow = Record<string, unknown>

/**
 * All rows of a database in a form in which equal states are equal: rows are sorted by what is in them, and ids that a
 * sequence gave are counted anew, also where other rows reference them. The physical order, the state of sequences
 * and generated columns do not count. For the option `snapshot`.
 *
 * Tables outside of the schema `public` are named with their schema. Numbers that JavaScript cannot hold are text, as
 * is `numeric`; points in time are ISO 8601 (UTC where they have a zone); `bytea` is hexadecimal.
 *
 * @example
 * ```ts
 * runSimulation(work, { snapshot: () => postgresSnapshot(pool, { ignore: ['orders.updated_at'] }) })
 * // { customers: [{ id: 1, points: 10 }], orders: [{ id: 1, customer_id: 1, total: '12.50' }] }
 * ```
 * @throws FaultlineError `FAULTLINE_BAD_OPTION` for a name in `ignore` or `schemas` that does not exist.
 */
export async function postgresSnapshot(
  client: PostgresClient,
  options: PostgresSnapshotOptions = {},
): Promise<Record<string, SnapshotRow[]>> {
  checkScope('postgresSnapshot', client, options, ['schemas', 'ignore'])
  const { tables: all, names } = await tablesOf(client, options, 'postgresSnapshot')
  const tables = all.map((table) => ({
    ...table,
    columns: table.columns.filter(({ name }) => !names.isIgnored(table, name)),
  }))
  if (tables.length === 0) return {}
  const { rows } = await client.query(tables.map(selectOf).join('\nunion all\n'))
  const found = new Map(
    rows.map((row) => {
      const { name, rows: text } = row as { name: string; rows: string | null }
      return [name, JSON.parse(text ?? '[]') as (string | null)[][]]
    }),
  )
  const contents = tables.map((table) => ({
    table,
    rows: found
      .get(`${table.schema}.${table.name}`)!
      .map((texts) => texts.map((text, index) => readable(table.columns[index]!, text))),
  }))
  const canonical = canonicalRows(contents)
  return Object.fromEntries(
    tables.map((table, index) => [
      table.schema === 'public' ? table.name : `${table.schema}.${table.name}`,
      canonical[index]!.map((values) =>
        Object.fromEntries(table.columns.map(({ name }, at) => [name, values[at]])),
      ),
    ]),
  )
}

function selectOf({ schema, name, columns }: Table): string {
  const texts = columns.map(textOf).join(', ')
  return `select ${literal(`${schema}.${name}`)} as name, (select json_agg(array[${texts}]::text[]) from ${quoted(schema, name)})::text as rows`
}
