import type { Table } from './catalog.ts'

/** The rows of a table, each a list of values in the order of its columns. */
export interface TableRows {
  readonly table: Table
  readonly rows: readonly (readonly unknown[])[]
}

/** New ids by old ones, for each `schema.table` and column that a sequence fills. */
type Renamed = Map<string, Map<unknown, number>>

/**
 * Rows in an order that follows from what is in them. Ids out of a sequence are renamed to the row's place in that
 * order: a rolled back insert uses one up, and no program may depend on it. References follow. The result is in the
 * order of `contents`.
 */
export function canonicalRows(contents: readonly TableRows[]): unknown[][][] {
  const renamed: Renamed = new Map()
  const sorted = new Map<TableRows, readonly (readonly unknown[])[]>()
  for (const content of referencedFirst(contents)) {
    const rows = sortRows(content, renamed)
    sorted.set(content, rows)
    rename(content.table, rows, renamed)
  }
  return contents.map((content) =>
    sorted
      .get(content)!
      .map((row) => row.map((value, index) => newId(content.table, index, value, renamed) ?? value)),
  )
}

function keyOf({ schema, name }: Pick<Table, 'schema' | 'name'>, column: string): string {
  return `${schema}.${name}.${column}`
}

function rename(table: Table, rows: readonly (readonly unknown[])[], renamed: Renamed): void {
  table.columns.forEach(({ name, lastValue }, index) => {
    if (lastValue === null) return
    const ids = new Map<unknown, number>()
    rows.forEach((row, place) => {
      // A larger one was given by the program and not by the sequence.
      if (typeof row[index] === 'number' && row[index] <= Number(lastValue)) ids.set(row[index], place + 1)
    })
    renamed.set(keyOf(table, name), ids)
  })
}

/** What became of an id; undefined where the value is none, or none that was renamed. */
function newId(table: Table, index: number, value: unknown, renamed: Renamed): number | undefined {
  const { name, references } = table.columns[index]!
  const own = renamed.get(keyOf(table, name))
  if (own !== undefined) return own.get(value)
  return references === null ? undefined : renamed.get(`${references.table}.${references.column}`)?.get(value)
}

function sortRows({ table, rows }: TableRows, renamed: Renamed): readonly (readonly unknown[])[] {
  const { columns, unique } = table
  const isId = (index: number): boolean => columns[index]!.lastValue !== null
  const place = (name: string): number => columns.findIndex((column) => column.name === name)
  const natural = unique
    .map((names) => names.map(place))
    .filter((indexes) => indexes.every((index) => index >= 0 && !isId(index)))
    .flat()
  const all = columns.map((_, index) => index)
  // What names a row goes first, so that a row with another content keeps its place.
  const order = [...new Set([...natural, ...all.filter((index) => !isId(index)), ...all])]
  const keyed = rows.map((row) => ({
    row,
    key: order.map((index) => newId(table, index, row[index], renamed) ?? row[index]),
  }))
  keyed.sort((a, b) => {
    for (let at = 0; at < a.key.length; at++) {
      const difference = compare(a.key[at], b.key[at])
      if (difference !== 0) return difference
    }
    return 0
  })
  return keyed.map(({ row }) => row)
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = [textOf(a), textOf(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, sortedKeys)
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Tables after those that they reference, where there is no circle. */
function referencedFirst(contents: readonly TableRows[]): TableRows[] {
  const byName = new Map(
    contents.map((content) => [`${content.table.schema}.${content.table.name}`, content]),
  )
  const ordered = new Set<TableRows>()
  const underWay = new Set<TableRows>()
  const visit = (content: TableRows): void => {
    if (ordered.has(content) || underWay.has(content)) return
    underWay.add(content)
    for (const { references } of content.table.columns) {
      const other = references === null ? undefined : byName.get(references.table)
      if (other !== undefined) visit(other)
    }
    ordered.add(content)
  }
  for (const content of contents) visit(content)
  return [...ordered]
}
