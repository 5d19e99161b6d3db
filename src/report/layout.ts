import type { Paint } from './paint.ts'
import { textWidth, wrap } from './text.ts'

/** The left margin of what belongs to a finding. */
export const MARGIN = '   '
const LABEL = 10

// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes are control characters.
const BLANK_END = /[ \t]+((?:\x1b\[\d+m)*)$/

/** The lines as one text, without trailing blanks. */
export function trimmed(lines: readonly string[]): string {
  return lines.map((line) => line.replace(BLANK_END, '$1')).join('\n')
}

/** A label, and its text wrapped beside it. */
export function labelled(
  label: string,
  text: string,
  width: number,
  paint: Paint,
  column: number = LABEL,
): string[] {
  const room = width - MARGIN.length - column
  const lines = text.split('\n').flatMap((line) => wrap(line, room))
  return lines.map((line, index) =>
    index === 0
      ? `${MARGIN}${paint.dim(label.padEnd(column))}${line}`
      : `${MARGIN}${' '.repeat(column)}${line}`,
  )
}

/** Phrases joined by dots, on as many lines as they need. */
export function flow(phrases: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const phrase of phrases) {
    const joined = lines.length === 0 ? undefined : `${lines.at(-1)} · ${phrase}`
    if (joined !== undefined && textWidth(joined) <= width) lines[lines.length - 1] = joined
    else lines.push(...wrap(phrase, width))
  }
  return lines
}
