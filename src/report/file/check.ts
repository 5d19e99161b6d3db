/** What is wrong with a value, as `path: what was found`; `undefined` where nothing is. */
export type Check = (value: unknown, path: string) => string | undefined

/** A value for which the test holds. */
export function is(what: string, holds: (value: unknown) => boolean): Check {
  return (value, path) =>
    holds(value) ? undefined : `${path}: received ${inWords(value)}, allowed is ${what}`
}

export const text: Check = is('a text', (value) => typeof value === 'string')
export const number: Check = is('a number', Number.isFinite)
export const count: Check = is(
  'a whole number from 0 up',
  (value) => Number.isInteger(value) && Number(value) >= 0,
)
export const flag: Check = is('true or false', (value) => typeof value === 'boolean')

/** An index of a list. */
export function below(length: number): Check {
  return is(
    `an index below ${length}`,
    (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < length,
  )
}

/** One of some texts. */
export function oneOf(...texts: readonly string[]): Check {
  return is(texts.map((one) => `'${one}'`).join(', '), (value) => texts.includes(value as string))
}

/** A list of which each item passes. */
export function list(item: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return `${path}: received ${inWords(value)}, allowed is a list`
    return first(value.map((one, index) => [item, one, `${path}[${index}]`]))
  }
}

/** An object of which each value passes. */
export function record(item: Check): Check {
  return (value, path) =>
    isObject(value)
      ? first(Object.entries(value).map(([key, one]) => [item, one, `${path}[${JSON.stringify(key)}]`]))
      : `${path}: received ${inWords(value)}, allowed is an object`
}

/** An object with these members; `name?` may be absent. What it has beside them is let through. */
export function object(members: Readonly<Record<string, Check>>): Check {
  const all = Object.entries(members)
  return (value, path) => {
    if (!isObject(value)) return `${path}: received ${inWords(value)}, allowed is an object`
    for (const [name, check] of all) {
      const key = name.replace(/\?$/, '')
      if (value[key] === undefined && key !== name) continue
      const wrong = check(value[key], `${path}.${key}`)
      if (wrong !== undefined) return wrong
    }
    return undefined
  }
}

/** Whether a value has members. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value in few words. */
export function inWords(value: unknown): string {
  if (value === undefined) return 'nothing'
  const json = JSON.stringify(value)
  return json.length > 60 ? `${json.slice(0, 57)}…` : json
}

function first(parts: readonly [Check, unknown, string][]): string | undefined {
  for (const [check, value, path] of parts) {
    const wrong = check(value, path)
    if (wrong !== undefined) return wrong
  }
  return undefined
}
