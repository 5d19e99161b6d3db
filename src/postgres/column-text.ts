import { type Column, quoted } from './catalog.ts'

const exactArrays = new Set(['_int8', '_numeric'])
const jsonTypes = new Set(['json', 'jsonb'])
const numberTypes = new Set(['int2', 'int4', 'oid', 'float4', 'float8'])

/** SQL that yields the text of a column, whatever the settings of the session. */
export function textOf(column: Column): string {
  const name = quoted(column.name)
  switch (column.type) {
    case 'timestamptz':
      return `to_json(${name} at time zone 'UTC')#>>'{}'`
    case 'timestamp':
    case 'date':
      return `to_json(${name})#>>'{}'`
    case 'bytea':
      return `'\\x' || encode(${name}, 'hex')`
    case '_timestamptz':
      return `(select json_agg(one at time zone 'UTC') from unnest(${name}) one)::text`
    default:
      return column.isArray && !exactArrays.has(column.type) ? `to_json(${name})::text` : `${name}::text`
  }
}

/** The value that a column's text stands for. */
export function readable(column: Column, text: string | null): unknown {
  if (text === null) return null
  const { type } = column
  if (numberTypes.has(type)) return Number(text)
  if (type === 'bool') return text === 'true'
  if (type === 'int8') return Number.isSafeInteger(Number(text)) ? Number(text) : text
  if (type === 'timestamptz') return /\d$/.test(text) ? `${text}Z` : text
  if (jsonTypes.has(type) || (column.isArray && !exactArrays.has(type))) return JSON.parse(text)
  return text
}
