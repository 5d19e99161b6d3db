import { diffArrays } from 'diff'
import { type Canon, canonical, type Entry, printed } from './canonical.ts'
import { looksGenerated } from './generated-value.ts'
import { visible } from './text.ts'
import { plural } from './words.ts'

const CONTEXT = 3
const LINES_MAX = 80
const EDITS_MAX = 2000
const PATHS_MAX = 200

/** How two states differ. */
export interface SnapshotDiff {
  /** A line diff, `-` expected and `+` actual; empty where they are equal. */
  readonly text: string
  /** The paths that differ: `orders[0].paidAt`; an empty path is the whole. At most 200. */
  readonly paths: string[]
  /** Those of them whose values look like times or generated ids on both sides. */
  readonly looksGenerated: string[]
}

/**
 * How `actual` differs from `expected`. The order of keys, of Map entries and of Set members does not count.
 *
 * @example
 * ```ts
 * snapshotDiff({ paid: 1 }, { paid: 2 }).paths // ['paid']
 * ```
 */
export function snapshotDiff(expected: unknown, actual: unknown): SnapshotDiff {
  const before = canonical(expected)
  const after = canonical(actual)
  const found: Found = { paths: [], generated: [] }
  compare(before, after, '', found)
  if (found.paths.length === 0) return { text: '', paths: [], looksGenerated: [] }
  return {
    text: lineDiff(printed(before), printed(after)),
    paths: found.paths,
    looksGenerated: found.generated,
  }
}

interface Found {
  readonly paths: string[]
  readonly generated: string[]
}

function compare(a: Canon, b: Canon, path: string, found: Found): void {
  if (found.paths.length >= PATHS_MAX) return
  if (a.kind === 'group' && b.kind === 'group' && a.open === b.open) {
    for (const [step, [left, right]] of paired(a.entries, b.entries)) {
      const inner = path === '' ? step.replace(/^\./, '') : path + step
      if (left === undefined || right === undefined) found.paths.push(inner)
      else compare(left.value, right.value, inner, found)
    }
    return
  }
  if (a.kind === 'leaf' && b.kind === 'leaf') {
    if (a.text === b.text) return
    if (looksGenerated(a.value, b.value)) found.generated.push(path)
  }
  found.paths.push(path)
}

function paired(
  a: readonly Entry[],
  b: readonly Entry[],
): Map<string, [Entry | undefined, Entry | undefined]> {
  const pairs = new Map<string, [Entry | undefined, Entry | undefined]>()
  for (const entry of a) pairs.set(entry.step, [entry, undefined])
  for (const entry of b) pairs.set(entry.step, [pairs.get(entry.step)?.[0], entry])
  return pairs
}

/** The changed lines with a little context; bounded in work and in length. */
function lineDiff(before: string[], after: string[]): string {
  const changes = diffArrays(before, after, { maxEditLength: EDITS_MAX })
  if (changes === undefined) return '(too different for a line by line comparison)'
  const out: string[] = []
  changes.forEach(({ added, removed, value }, index) => {
    if (added || removed) out.push(...value.map((line) => `${added ? '+' : '-'} ${line}`))
    else out.push(...context(value, index === 0, index === changes.length - 1))
  })
  const more = out.splice(LINES_MAX).length
  if (more > 0) out.push(`… ${plural(more, 'more line')}`)
  return out.map(visible).join('\n')
}

function context(lines: readonly string[], first: boolean, last: boolean): string[] {
  const head = first ? 0 : CONTEXT
  const tail = last ? 0 : CONTEXT
  if (lines.length <= head + tail + 1) return lines.map((line) => `  ${line}`)
  const left = `  ⋮ ${plural(lines.length - head - tail, 'equal line')}`
  return [...lines.slice(0, head).map(pad), left, ...lines.slice(lines.length - tail).map(pad)]
}

function pad(line: string): string {
  return `  ${line}`
}
