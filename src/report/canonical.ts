/** A value in a form in which two equal states print alike: keys sorted, cycles named. */
export type Canon =
  | { readonly kind: 'leaf'; readonly text: string; readonly value: unknown }
  | {
      readonly kind: 'group'
      readonly open: string
      readonly close: string
      readonly entries: readonly Entry[]
    }

/** A member of a group. */
export interface Entry {
  /** What is printed before the value; empty in an array. */
  readonly label: string
  /** How the member continues a path: `.paidAt`, `[0]`. */
  readonly step: string
  readonly value: Canon
}

const DEPTH_MAX = 60
const PLAIN_KEY = /^[A-Za-z_$][\w$]*$/

/** The canonical form of a value. */
export function canonical(value: unknown): Canon {
  return canon(value, '', new Map())
}

/** The lines that a form prints as. */
export function printed(form: Canon, label = '', indent = '', end = ''): string[] {
  if (form.kind === 'leaf') return [`${indent}${label}${form.text}${end}`]
  if (form.entries.length === 0) return [`${indent}${label}${form.open}${form.close}${end}`]
  const inner = form.entries.flatMap((entry) => printed(entry.value, entry.label, `${indent}  `, ','))
  return [`${indent}${label}${form.open}`, ...inner, `${indent}${form.close}${end}`]
}

function canon(value: unknown, path: string, above: Map<object, string>): Canon {
  if (typeof value === 'string') return leaf(JSON.stringify(value), value)
  if (typeof value === 'bigint') return leaf(`${value}n`, value)
  if (typeof value === 'function') return leaf(`[function ${value.name || 'anonymous'}]`, value)
  if (typeof value !== 'object' || value === null)
    return leaf(Object.is(value, -0) ? '-0' : String(value), value)
  const seen = above.get(value)
  if (seen !== undefined) return leaf(`[circular${seen === '' ? '' : ` ${seen}`}]`, undefined)
  if (above.size >= DEPTH_MAX) return leaf('[deeper]', undefined)
  above.set(value, path)
  try {
    return canonObject(value, path, above)
  } catch (error) {
    return leaf(`[unreadable: ${String((error as Error | undefined)?.message)}]`, undefined)
  } finally {
    above.delete(value)
  }
}

function canonObject(value: object, path: string, above: Map<object, string>): Canon {
  if (value instanceof Date)
    return leaf(`Date ${Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString()}`, value)
  if (value instanceof RegExp) return leaf(String(value), value)
  if (Array.isArray(value)) return list('[', value, path, above)
  if (ArrayBuffer.isView(value))
    return list(`${nameOf(value)} [`, Array.from(value as Uint8Array), path, above)
  if (value instanceof Map) return mapForm(value, path, above)
  if (value instanceof Set) return setForm(value, path, above)
  const name = nameOf(value)
  const keys = Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key))
  const message = value instanceof Error ? ` ${JSON.stringify(value.message)}` : ''
  const entries = keys
    .map((key) => member(value, key, path, above))
    .sort((a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0))
  const open = name === 'Object' ? '{' : `${name}${message} {`
  return { kind: 'group', open, close: '}', entries }
}

function member(value: object, key: PropertyKey, path: string, above: Map<object, string>): Entry {
  const named = typeof key === 'symbol' ? `[${String(key)}]` : String(key)
  const plain = typeof key === 'string' && PLAIN_KEY.test(key)
  const text = plain || typeof key === 'symbol' ? named : JSON.stringify(named)
  const step = typeof key === 'symbol' ? named : `.${named}`
  return { label: `${text}: `, step, value: canon(read(value, key), `${path}${step}`, above) }
}

function read(value: object, key: PropertyKey): unknown {
  try {
    return (value as Record<PropertyKey, unknown>)[key]
  } catch (error) {
    return new Error(`getter threw: ${String((error as Error | undefined)?.message)}`)
  }
}

function list(open: string, values: readonly unknown[], path: string, above: Map<object, string>): Canon {
  const entries = Array.from(values, (value, index) => {
    const step = `[${index}]`
    return { label: '', step, value: canon(value, path + step, above) }
  })
  return { kind: 'group', open, close: ']', entries }
}

function mapForm(map: ReadonlyMap<unknown, unknown>, path: string, above: Map<object, string>): Canon {
  const entries = [...map].map(([key, value]) => {
    const text = printed(canon(key, path, above)).join(' ')
    const step = `.${typeof key === 'object' && key !== null ? text : String(key)}`
    return { label: `${text} => `, step, value: canon(value, path + step, above) }
  })
  entries.sort((a, b) => (a.label < b.label ? -1 : 1))
  return { kind: 'group', open: 'Map {', close: '}', entries }
}

function setForm(set: ReadonlySet<unknown>, path: string, above: Map<object, string>): Canon {
  const forms = [...set].map((value) => canon(value, path, above))
  const entries = forms
    .map((value) => ({ text: printed(value).join(' '), value }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ text, value }) => ({ label: '', step: `.has(${text})`, value }))
  return { kind: 'group', open: 'Set {', close: '}', entries }
}

function nameOf(value: object): string {
  const prototype = Object.getPrototypeOf(value)
  if (prototype === null) return 'Object'
  const name = (prototype as { constructor?: { name?: unknown } }).constructor?.name
  return typeof name === 'string' && name !== '' ? name : 'Object'
}

function leaf(text: string, value: unknown): Canon {
  return { kind: 'leaf', text, value }
}
