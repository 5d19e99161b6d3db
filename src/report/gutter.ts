import { MARGIN } from './layout.ts'
import type { Paint } from './paint.ts'
import { textWidth, visible } from './text.ts'
import { type LineVerdict, type Mark, SIGNS } from './verdicts.ts'

const NONE: LineVerdict = { mark: 'none', faults: [], findings: [] }

/** The lines of a source, safe to print; a closing line break makes no line. */
export function sourceLines(source: string): string[] {
  const lines = source.split(/\r\n|[\n\r\u2028\u2029]/)
  if (lines.length > 1 && lines.at(-1) === '') lines.pop()
  return lines
}

/** The verdict of a line, also of one that no point is on. */
export function verdictAt(verdicts: ReadonlyMap<number, LineVerdict> | undefined, line: number): LineVerdict {
  return verdicts?.get(line) ?? NONE
}

/** The sign of a mark, coloured. */
export function sign(mark: Mark, paint: Paint): string {
  return inkOf(mark, paint)(SIGNS[mark])
}

/** The colour of a mark. */
export function inkOf(mark: Mark, paint: Paint): (text: string) => string {
  if (mark === 'failed') return paint.red
  if (mark === 'survived') return paint.green
  return mark === 'unsure' ? paint.yellow : paint.dim
}

/** How many columns of blank a line starts with, tabs as they are printed. */
export function indentOf(line: string): number {
  return visible(line.match(/^[ \t]*/)?.[0] ?? '').length
}

/** What the signs mean. */
export function legend(width: number, paint: Paint): string[] {
  const words: [Mark, string][] = [
    ['survived', 'survived every fault'],
    ['failed', 'failed'],
    ['unsure', 'flaky or never reached'],
    ['none', 'no verdict'],
  ]
  const phrases = words.map(([mark, text]) => `${sign(mark, paint)} ${paint.dim(text)}`)
  const one = phrases.join('   ')
  return (textWidth(one) <= width - MARGIN.length ? [one] : phrases).map((line) => MARGIN + line)
}
