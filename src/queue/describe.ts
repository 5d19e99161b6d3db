import { types } from 'node:util'

const TEXT_MAX = 60

/** What a value is, in a few words for an error: `a Map`, `NaN`, `'charge'`, `an instance of Money`. */
export function describe(value: unknown): string {
  if (value === null) return 'null'
  switch (typeof value) {
    case 'string':
      return `'${value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX)}…` : value}'`
    case 'bigint':
      return `the BigInt ${value}n`
    case 'function':
      return value.name === '' ? 'a function' : `the function ${value.name}`
    case 'object':
      return describeObject(value)
    default:
      return String(value)
  }
}

function describeObject(value: object): string {
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? 'an invalid Date' : 'a Date'
  const name = Object.getPrototypeOf(value)?.constructor?.name
  if (name === 'Array') return 'an array'
  if (typeof name !== 'string' || name === 'Object' || name === '') return 'an object'
  if (isBuiltIn(name)) return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`
  return `an instance of ${name}`
}

function isBuiltIn(name: string): boolean {
  return typeof (globalThis as Record<string, unknown>)[name] === 'function'
}
