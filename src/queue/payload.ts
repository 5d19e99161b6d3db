import { types } from 'node:util'
import { FaultlineError } from '../model/error.ts'
import { describe } from './describe.ts'

const NOT_PLAIN: unique symbol = Symbol('not plain') as never
/** Deeper than this the fast way gives up: the value may hold a cycle. */
const PLAIN_DEPTH_MAX = 64

/**
 * A payload as it is after it crossed a broker: serialised to JSON and back. Dates arrive as ISO strings,
 * `undefined` members are gone.
 *
 * @throws FAULTLINE_PAYLOAD where a value would not come back equal; the message names its path.
 * @example
 * ```ts
 * crossBroker({ at: new Date(0) }) // { at: '1970-01-01T00:00:00.000Z' }
 * ```
 */
export function crossBroker(payload: unknown): unknown {
  if (payload === undefined) return undefined
  const copy = copyPlain(payload, 0)
  return copy === NOT_PLAIN ? copyChecked(payload, '', 'payload', []) : copy
}

/** A copy of what {@link crossBroker} returned, so that no delivery sees what another one changed. */
export function copyPayload(payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null) return payload
  const copy = copyPlain(payload, 0)
  return copy === NOT_PLAIN ? JSON.parse(JSON.stringify(payload)) : copy
}

/** The fast way: plain data is copied; whatever needs a second look yields `NOT_PLAIN`. */
function copyPlain(value: unknown, depth: number): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : NOT_PLAIN
  if (typeof value !== 'object' || depth > PLAIN_DEPTH_MAX) return NOT_PLAIN
  if (Array.isArray(value)) return copyPlainArray(value, depth)
  if (Object.getPrototypeOf(value) !== Object.prototype) return NOT_PLAIN
  const source = value as Record<string, unknown>
  if (source.toJSON !== undefined) return NOT_PLAIN
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(source)) {
    const member = source[key]
    if (member === undefined) continue
    const copied = copyPlain(member, depth + 1)
    if (copied === NOT_PLAIN || key === '__proto__') return NOT_PLAIN
    copy[key] = copied
  }
  return Object.getOwnPropertySymbols(source).length > 0 ? NOT_PLAIN : copy
}

function copyPlainArray(value: unknown[], depth: number): unknown {
  if (Object.getPrototypeOf(value) !== Array.prototype) return NOT_PLAIN
  const copy: unknown[] = []
  for (let index = 0; index < value.length; index++) {
    const copied = copyPlain(value[index], depth + 1)
    if (copied === NOT_PLAIN) return NOT_PLAIN
    copy.push(copied)
  }
  if (Object.keys(value).length !== value.length || Object.getOwnPropertySymbols(value).length > 0)
    return NOT_PLAIN
  return copy
}

/** The careful way: honours `toJSON`, finds cycles, and says where and why a value cannot cross. */
function copyChecked(value: unknown, key: string, path: string, ancestors: readonly object[]): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value + 0
    throw refused(path, value)
  }
  if (types.isDate(value) && Number.isNaN(value.getTime())) throw refused(path, value)
  if (isForeign(value)) throw refused(path, value)
  if (value !== undefined && typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    return copySerialised(value as { toJSON(key: string): unknown }, key, path, ancestors)
  }
  if (typeof value !== 'object') throw refused(path, value)
  if (ancestors.includes(value)) throw refused(path, value, 'a cycle: it is one of the objects that hold it')
  const inside = [...ancestors, value]
  return Array.isArray(value) ? copyArray(value, path, inside) : copyObject(value, path, inside)
}

function copySerialised(
  value: { toJSON(key: string): unknown },
  key: string,
  path: string,
  ancestors: readonly object[],
): unknown {
  let json: unknown
  try {
    json = value.toJSON(key)
  } catch (cause) {
    throw refused(path, value, `${describe(value)} whose toJSON() threw`, cause)
  }
  if (json === value) throw refused(path, value, `${describe(value)} whose toJSON() returned itself`)
  if (json === undefined) throw refused(path, value, `${describe(value)} whose toJSON() returned undefined`)
  const inside = typeof value === 'object' ? [...ancestors, value] : ancestors
  // JSON does not ask the outcome of toJSON for a toJSON of its own.
  if (typeof json !== 'object' || json === null) return copyChecked(json, key, path, inside)
  if (ancestors.includes(json)) throw refused(path, json, 'a cycle: it is one of the objects that hold it')
  return Array.isArray(json) ? copyArray(json, path, inside) : copyObject(json, path, inside)
}

function copyArray(value: unknown[], path: string, ancestors: readonly object[]): unknown[] {
  if (!isPlain(value, 'Array')) throw refused(path, value)
  const copy: unknown[] = []
  for (let index = 0; index < value.length; index++) {
    const at = `${path}[${index}]`
    if (!(index in value)) throw refused(at, undefined, 'an empty slot of an array')
    copy.push(copyChecked(value[index], String(index), at, ancestors))
  }
  const [extra] = Object.keys(value).slice(value.length)
  if (extra !== undefined)
    throw refused(memberPath(path, extra), value, 'a member of an array beside its items')
  checkSymbols(value, path)
  return copy
}

function copyObject(value: object, path: string, ancestors: readonly object[]): Record<string, unknown> {
  if (!isPlain(value, 'Object')) throw refused(path, value)
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const at = memberPath(path, key)
    const member = memberOf(value, key, at)
    if (member === undefined) continue
    const copied = copyChecked(member, key, at, ancestors)
    Object.defineProperty(copy, key, { value: copied, enumerable: true, writable: true, configurable: true })
  }
  checkSymbols(value, path)
  return copy
}

function checkSymbols(value: object, path: string): void {
  for (const key of Object.getOwnPropertySymbols(value)) {
    if (!Object.prototype.propertyIsEnumerable.call(value, key)) continue
    throw refused(`${path}[${String(key)}]`, key, 'a member under a symbol')
  }
}

function memberPath(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}

/** Of a class of the platform, whose `toJSON` nobody wrote for this job: bytes, a URL. A Date is known to all. */
function isForeign(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || types.isDate(value)) return false
  if (ArrayBuffer.isView(value)) return true
  let owner: object | null = value
  while (owner !== null && !Object.hasOwn(owner, 'toJSON')) owner = Object.getPrototypeOf(owner)
  if (owner === null || owner === value || owner === Object.prototype || owner === Array.prototype)
    return false
  const make = owner.constructor as { name?: unknown } | undefined
  return typeof make === 'function' && make === (globalThis as Record<string, unknown>)[String(make.name)]
}

function memberOf(value: object, key: string, path: string): unknown {
  try {
    return (value as Record<string, unknown>)[key]
  } catch (cause) {
    throw refused(path, value, 'a getter that threw', cause)
  }
}

/** Also for plain data of another realm, such as a test runner's vm context. */
function isPlain(value: object, name: 'Object' | 'Array'): boolean {
  const prototype = Object.getPrototypeOf(value)
  if (prototype === null) return name === 'Object'
  if (prototype === Object.prototype || prototype === Array.prototype) return true
  const root = name === 'Object' ? prototype : Object.getPrototypeOf(prototype)
  return root !== null && Object.getPrototypeOf(root) === null && prototype.constructor?.name === name
}

function refused(
  path: string,
  value: unknown,
  what: string = describe(value),
  cause?: unknown,
): FaultlineError {
  return new FaultlineError('FAULTLINE_PAYLOAD', {
    message:
      `${path} cannot cross the queue: it is ${what}, which does not come back equal from JSON; ` +
      'allowed are null, booleans, finite numbers, strings, arrays and plain objects of these, ' +
      'valid Dates (they arrive as ISO strings), and objects of your own whose toJSON() returns one of these.',
    hint: 'Send an id and load the rest in the job, or convert the value before it is enqueued.',
    ...(cause === undefined ? {} : { cause }),
  })
}
