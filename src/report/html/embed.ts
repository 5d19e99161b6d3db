const UNSAFE = /[<>&\u2028\u2029]/g

/** JSON that stays JSON, and text only, within a `script` element: no markup can begin or end in it. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
