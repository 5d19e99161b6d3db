import { indentOf, inkOf, sign, sourceLines, verdictAt } from './gutter.ts'
import type { Paint } from './paint.ts'
import { cut, textWidth, visible } from './text.ts'
import type { FileVerdicts, LineVerdict } from './verdicts.ts'

const CONTEXT = 2
const NEAR = 7
const LINES_MAX = 22

/** A remark on a line: what struck there. */
export interface FrameNote {
  readonly line: number
  /** 1-based; the start of the code where absent. */
  readonly column?: number
  /** The fault strikes before the line runs. */
  readonly above: boolean
  readonly text: string
  /** What the finding is told by. */
  readonly main: boolean
}

/** What a frame shows. */
export interface FrameInput {
  readonly source: string
  readonly verdicts: FileVerdicts | undefined
  readonly notes: readonly FrameNote[]
  readonly width: number
  readonly paint: Paint
  /** 1-based: the finding that the frame belongs to; lines that others blame name those. */
  readonly finding: number
}

/** A frame, and which lines it holds. */
export interface Frame {
  readonly lines: string[]
  readonly shown: ReadonlySet<number>
}

/** The source around the noted lines, with a verdict on each; empty where the source has no such line. */
export function codeFrame(input: FrameInput): Frame {
  const source = sourceLines(input.source)
  const notes = input.notes.filter(({ line }) => line <= source.length)
  const shown = linesToShow(notes, source.length)
  const layout: Layout = {
    digits: Math.max(3, String(Math.max(0, ...shown)).length),
    dedent: Math.min(...shown.map((line) => blank(source[line - 1]!) ?? indentOf(source[line - 1]!))),
  }
  const out: string[] = []
  let last = 0
  for (const line of shown) {
    if (last > 0 && line > last + 1) out.push(` ${' '.repeat(layout.digits + 2)} ${input.paint.dim('⋮')}`)
    last = line
    const here = notes.filter((note) => note.line === line)
    for (const note of here) if (note.above) out.push(noteLine(note, source[line - 1]!, layout, input))
    out.push(
      codeLine(
        line,
        source[line - 1]!,
        here.some((note) => note.main),
        layout,
        input,
      ),
    )
    for (const note of here) if (!note.above) out.push(noteLine(note, source[line - 1]!, layout, input))
  }
  return { lines: out, shown: new Set(shown) }
}

interface Layout {
  readonly digits: number
  readonly dedent: number
}

function blank(line: string): number | undefined {
  return line.trim() === '' ? Number.MAX_SAFE_INTEGER : undefined
}

/** The main line with its context, and the other lines that are near enough, within one bound. */
function linesToShow(notes: readonly FrameNote[], total: number): number[] {
  const main = notes.find((note) => note.main)
  if (main === undefined) return []
  const shown = new Set<number>()
  const around = (line: number) => {
    for (let n = Math.max(1, line - CONTEXT); n <= Math.min(total, line + CONTEXT); n++) shown.add(n)
  }
  around(main.line)
  const others = notes
    .map((note) => note.line)
    .sort((a, b) => Math.abs(a - main.line) - Math.abs(b - main.line))
  for (const line of others) {
    const near = Math.min(...[...shown].map((n) => Math.abs(n - line))) <= NEAR
    if (near && shown.size + 2 * CONTEXT < LINES_MAX) around(line)
  }
  return closeGaps([...shown].sort((a, b) => a - b))
}

/** A gap of one line takes as much room as the line. */
function closeGaps(lines: readonly number[]): number[] {
  return lines.flatMap((line, index) => (lines[index - 1] === line - 2 ? [line - 1, line] : [line]))
}

function codeLine(line: number, text: string, main: boolean, layout: Layout, input: FrameInput): string {
  const { paint, width } = input
  const verdict = verdictAt(input.verdicts, line)
  const arrow = main ? paint.red('▸') : ' '
  const number = String(line).padStart(layout.digits)
  const blamed = elsewhere(verdict, input.finding)
  const room = width - layout.digits - 9
  const code = cut(visible(text).slice(layout.dedent).trimEnd(), room)
  const suffix = blamed !== '' && textWidth(code) + blamed.length + 2 <= room ? `  ${paint.dim(blamed)}` : ''
  const printed = main ? paint.bold(code) : verdict.mark === 'none' ? paint.dim(code) : code
  return ` ${arrow} ${main ? paint.bold(number) : paint.dim(number)} ${paint.dim('│')} ${sign(verdict.mark, paint)}  ${printed}${suffix}`
}

/** Where a line failed for another cause than this one. */
function elsewhere(verdict: LineVerdict, finding: number): string {
  if (verdict.mark !== 'failed' || verdict.findings.includes(finding)) return ''
  return verdict.findings.length === 0 ? '' : `← see ${verdict.findings.slice(0, 3).join(', ')}`
}

function noteLine(note: FrameNote, text: string, layout: Layout, input: FrameInput): string {
  const { paint, width } = input
  const indent =
    note.column === undefined ? indentOf(text) : textWidth(visible(text.slice(0, note.column - 1)))
  const start = Math.max(0, Math.min(Math.max(indent, indentOf(text)) - layout.dedent, width >> 1))
  const corner = note.above ? '╭─ ' : '╰─ '
  const words = cut(note.text, width - layout.digits - 9 - start - corner.length)
  const ink = inkOf(verdictAt(input.verdicts, note.line).mark, paint)
  const margin = `   ${' '.repeat(layout.digits)} ${paint.dim('│')}    ${' '.repeat(start)}`
  return margin + ink(corner + (note.main ? paint.bold(words) : words))
}
