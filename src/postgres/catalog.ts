import type { PostgresClient } from '../queue/adapters/postgres-client.ts'
import { TableNames } from './table-names.ts'

/** Which tables are meant. */
export interface PostgresScope {
  /** Default: every schema but those of Postgres itself and of queue libraries. */
  readonly schemas?: readonly string[]
  /** Tables that are left alone: `'audit_log'`, `'billing.invoices'`. */
  readonly ignore?: readonly string[]
}

/** A column whose value counts: generated ones follow from others. */
export interface Column {
  readonly name: string
  /** The name of its type, of its base type for a domain. */
  readonly type: string
  readonly isArray: boolean
  /** The last value that its sequence gave; null where it has none or gave none. */
  readonly lastValue: string | null
  /** `schema.table` and column that it references. */
  readonly references: { readonly table: string; readonly column: string } | null
}

/** A table with rows of its own. */
export interface Table {
  readonly schema: string
  readonly name: string
  readonly columns: readonly Column[]
  /** The columns of each unique index. */
  readonly unique: readonly (readonly string[])[]
}

/** `pgboss`, `graphile_worker` and the schema of BullMQ, by the tables in them: their names are configurable. */
const QUEUE_SCHEMAS = `select relnamespace from pg_class where relkind in ('r', 'p') group by relnamespace
  having bool_or(relname = '_private_jobs')
    or (bool_or(relname = 'job') and bool_or(relname = 'queue') and bool_or(relname = 'schedule'))
    or (bool_or(relname = 'job') and bool_or(relname = 'dedup') and bool_or(relname = 'scheduler'))`

/** What tools of migration keep for themselves: without it they would migrate again. */
const BOOKKEEPING = '^_*(?:[a-z]+_+)?(?:pg)?(?:schema_?)?migrations?(?:_lock|_history)?$'

/** The tables in scope, in the order of their names. */
export async function tablesOf(
  client: PostgresClient,
  { schemas, ignore = [] }: PostgresScope,
  caller: string,
): Promise<{ tables: Table[]; names: TableNames }> {
  const wanted =
    schemas === undefined
      ? `n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.oid not in (${QUEUE_SCHEMAS})`
      : `n.nspname in (${schemas.map(literal).join(', ')})`
  const { rows } = await client.query(`
    select json_build_object('schema', n.nspname, 'name', c.relname,
      'columns', coalesce((select json_agg(json_build_object(
          'name', a.attname, 'type', coalesce(b.typname, t.typname),
          'isArray', t.typcategory = 'A',
          'lastValue', pg_sequence_last_value(pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname)::regclass)::text,
          'references', (select json_build_object('table', fn.nspname || '.' || f.relname, 'column', fa.attname)
            from pg_constraint k join pg_class f on f.oid = k.confrelid join pg_namespace fn on fn.oid = f.relnamespace
            join pg_attribute fa on fa.attrelid = f.oid and fa.attnum = k.confkey[array_position(k.conkey, a.attnum)]
            where k.contype = 'f' and k.conrelid = c.oid and a.attnum = any (k.conkey) order by k.oid limit 1)
        ) order by a.attnum)
        from pg_attribute a join pg_type t on t.oid = a.atttypid left join pg_type b on b.oid = nullif(t.typbasetype, 0)
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''), '[]'::json),
      'unique', coalesce((select json_agg((select json_agg(a.attname) from pg_attribute a
            where a.attrelid = c.oid and a.attnum = any (i.indkey::int2[])) order by i.indisprimary desc, i.indexrelid)
        from pg_index i where i.indrelid = c.oid and i.indisunique and i.indpred is null and i.indexprs is null), '[]'::json)
    )::text as "table"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
      and ${wanted} and c.relname !~ '${BOOKKEEPING}'
    order by n.nspname, c.relname`)
  const all = rows.map((row) => JSON.parse((row as { table: string }).table) as Table)
  const names = new TableNames(all, ignore, caller)
  if (schemas !== undefined) names.checkSchemas(schemas)
  return { tables: all.filter((table) => !names.isIgnored(table)), names }
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A name as SQL reads it. */
export function quoted(...path: string[]): string {
  return path.map((name) => `"${name.replaceAll('"', '""')}"`).join('.')
}
