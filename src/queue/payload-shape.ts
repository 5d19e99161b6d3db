/**
 * Keys and types of a payload that has crossed the queue, in one line and always the same for the same shape:
 * `{items: [{sku: string}], orderId: number}`. Elements of arrays are taken together.
 *
 * @example
 * ```ts
 * shapeOf({ orderId: 7 }) // '{orderId: number}'
 * ```
 */
export function shapeOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].sort().join(' | ')}]`
  if (typeof value !== 'object') return typeof value
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([key, member]) => `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${shapeOf(member)}`,
    )
  return `{${members.join(', ')}}`
}
