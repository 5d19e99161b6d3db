import type { ReportFile } from './report-file.ts'

/** Rows stand on one line each: the file can be read, and compared line by line. */
const PRETTY_DEPTH = 4

/** What a reader looks for first; other keys follow in alphabetical order. */
const FIRST = [
  'schema version faultline name testFile command shard racers summary causes points errors scenarios',
  'id index faults fault outcome reason error at kind key file line column function schedule replay',
].flatMap((keys) => keys.split(' '))
const RANK = new Map(FIRST.map((key, index) => [key, index]))

/**
 * A report file as JSON text, its keys in a fixed order: equal files give equal texts.
 *
 * @example
 * ```ts
 * await writeFile('.faultline/report.json', serializeReportFile(file))
 * ```
 */
export function serializeReportFile(file: ReportFile): string {
  return `${print(file, 0)}\n`
}

function print(value: unknown, depth: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const parts = Array.isArray(value)
    ? value.map((item) => print(item, depth + 1))
    : Object.keys(value)
        .filter((key) => value[key as never] !== undefined)
        .sort(byRank)
        .map((key) => `${JSON.stringify(key)}: ${print(value[key as never], depth + 1)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  if (parts.length === 0) return `${open}${close}`
  if (depth >= PRETTY_DEPTH) return `${open}${parts.join(', ')}${close}`
  const indent = '  '.repeat(depth)
  return `${open}\n${parts.map((part) => `${indent}  ${part}`).join(',\n')}\n${indent}${close}`
}

function byRank(a: string, b: string): number {
  const difference = (RANK.get(a) ?? FIRST.length) - (RANK.get(b) ?? FIRST.length)
  return difference || (a < b ? -1 : 1)
}
