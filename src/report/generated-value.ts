const EPOCH_FROM = Date.UTC(2001, 8, 9)
const EPOCH_TO = Date.UTC(2100, 0, 1)

/** What a machine writes: times and ids. Each shape is tried on both values. */
const SHAPES: readonly RegExp[] = [
  /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/, // ISO 8601
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, // UUID
  /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, // ULID
  /^c[0-9a-z]{24}$/, // cuid
  /^(?=.*\d)[a-z][0-9a-z]{23}$/, // cuid2
  /^[0-9a-f]{24}$/, // ObjectId
  /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w-]{21}$/, // nanoid
  /^[0-9A-Za-z]{27}$/, // KSUID
]
const PREFIXED = /^([a-z]{1,10}(?:_[a-z]{1,10})?_)(?=.*\d)[0-9A-Za-z]{14,}$/

/** Whether two values both look like times, or both like generated ids of one kind. */
export function looksGenerated(a: unknown, b: unknown): boolean {
  if (a instanceof Date || b instanceof Date) return isTime(a) && isTime(b)
  if (typeof a === 'number') return isEpoch(a) && isEpoch(b)
  if (typeof a !== 'string' || typeof b !== 'string') return false
  if (isEpoch(Number(a)) && isEpoch(Number(b))) return true
  const prefix = a.match(PREFIXED)?.[1]
  if (prefix !== undefined && prefix === b.match(PREFIXED)?.[1]) return true
  return SHAPES.some((shape) => shape.test(a) && shape.test(b))
}

function isTime(value: unknown): boolean {
  return value instanceof Date || (typeof value === 'string' && SHAPES[0]!.test(value)) || isEpoch(value)
}

/** Milliseconds since the epoch, in this century: smaller numbers count something else. */
function isEpoch(value: unknown): boolean {
  return typeof value === 'number' && value >= EPOCH_FROM && value < EPOCH_TO
}
