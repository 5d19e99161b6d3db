import { isDeepStrictEqual } from 'node:util'
import { FaultlineError } from '../model/error.ts'
import { snapshotDiff } from '../report/snapshot-diff.ts'
import type { Finding } from './finding.ts'

/** A copy of a final state that later changes cannot reach. */
export function fixSnapshot(state: unknown): unknown {
  try {
    return structuredClone(state)
  } catch (cause) {
    throw new FaultlineError('FAULTLINE_SNAPSHOT', {
      message: `The snapshot cannot be copied: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Return plain data from `snapshot`: rows, counts, messages; no functions and no live objects.',
      cause,
    })
  }
}

/** Whether two final states are equal but for masked paths; else the finding, with a diff. */
export function compareSnapshots(
  expected: unknown,
  actual: unknown,
  mask: readonly (string | RegExp)[],
): Finding | undefined {
  if (isDeepStrictEqual(expected, actual)) return undefined
  const patterns = mask.map(pathPattern)
  const left = masked(expected, actual, patterns, '')
  const right = masked(actual, expected, patterns, '')
  if (isDeepStrictEqual(left, right)) return undefined
  const diff = snapshotDiff(left, right)
  // The whole has no path: to mask it would be to compare nothing.
  const canMask = (path: string): boolean => path !== '' && diff.looksGenerated.includes(path)
  const generated = diff.paths.length > 0 && diff.paths.every(canMask)
  return {
    reason: 'snapshot',
    error: new FaultlineError('FAULTLINE_SNAPSHOT', {
      message: `The final state differs from the unfaulted one (- expected, + received):\n${diff.text}`,
      ...(generated ? { hint: maskHint(diff.looksGenerated) } : undefined),
    }),
  }
}

function maskHint(paths: readonly string[]): string {
  const masks = [...new Set(paths.map((path) => path.replaceAll(/\[\d+\]/g, '[*]')))]
  return `Only values differ that look like times or generated ids. If they may differ: mask: [${masks.map((path) => `'${path}'`).join(', ')}]`
}

/** `orders[*].paidAt`: `*` stands for one name or index. */
function pathPattern(mask: string | RegExp): RegExp {
  if (mask instanceof RegExp) return new RegExp(mask.source, mask.flags.replace(/[gy]/g, ''))
  const source = mask.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^.[\\]]+')
  return new RegExp(`^${source}$`)
}

/** What is masked may differ, and be on one side only: there it is left out. */
function masked(value: unknown, other: unknown, patterns: readonly RegExp[], path: string): unknown {
  const isMasked = (at: string): boolean => patterns.some((pattern) => pattern.test(at))
  if (path !== '' && isMasked(path)) return '‹masked›'
  if (Array.isArray(value)) {
    const others = Array.isArray(other) ? other : []
    return value.map((item, index) => masked(item, others[index], patterns, `${path}[${index}]`))
  }
  const isMap = value instanceof Map
  if (!isMap && !isPlain(value)) return value
  const others = new Map(entriesOf(other))
  const kept = entriesOf(value)
    .filter(([key]) => others.has(key) || !isMasked(join(path, String(key))))
    .map(([key, item]) => [key, masked(item, others.get(key), patterns, join(path, String(key)))] as const)
  return isMap ? new Map(kept) : Object.fromEntries(kept as [string, unknown][])
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function entriesOf(value: unknown): [key: unknown, item: unknown][] {
  if (value instanceof Map) return [...value]
  return isPlain(value) ? Object.entries(value) : []
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
