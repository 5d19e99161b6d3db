import type { RaceLine, RaceMember } from '../model/race.ts'
import type { Paint } from './paint.ts'
import { cut, oneLine, textWidth, visible } from './text.ts'

/** Lines of a picture; the middle of a longer one is left out, and counted. */
const linesMax = 60
const edge = 26
/** Of the name of a file, where there are several. */
const nameMax = 16

/**
 * Who executed which line, from top to bottom: a column for each racer; where there is no room, one column with the
 * letters before it. Where all lines are of one file, it is named once, above them.
 */
export function interleavingLines(
  lines: readonly RaceLine[],
  members: readonly RaceMember[],
  source: (file: string) => string | undefined,
  width: number,
  paint: Paint,
): string[] {
  const room = Math.floor((width - 3) / members.length) - 1
  const columns = room >= 30 ? members.length : 1
  const cell = columns === 1 ? width - 3 : room
  const files = new Set(lines.map(({ file }) => file))
  const out: string[] = []
  if (files.size === 1) out.push(`   ${paint.dim(lines[0]!.file)}`)
  if (columns > 1) {
    const heads = members.map(({ letter, name }) => pad(cut(`${letter} ${oneLine(name)}`, cell), cell))
    out.push(`   ${paint.dim(heads.join('│'))}`)
  }
  const rows = lines.map((line) => {
    const at = Math.max(
      0,
      members.findIndex(({ letter }) => letter === line.letter),
    )
    const text = cut(`${columns === 1 ? `${line.letter}  ` : ''}${words(line, files.size > 1, source)}`, cell)
    if (columns === 1) return `   ${text}`
    const cells = members.map((_, index) => (index === at ? pad(text, cell) : ' '.repeat(cell)))
    return `   ${cells.join(paint.dim('│'))}`
  })
  if (rows.length <= linesMax) return [...out, ...rows]
  const left = rows.length - 2 * edge
  return [...out, ...rows.slice(0, edge), paint.dim(`   ⋮  ${left} more lines`), ...rows.slice(-edge)]
}

function words(
  { file, line }: RaceLine,
  named: boolean,
  source: (file: string) => string | undefined,
): string {
  const text = source(file)?.split('\n')[line - 1]?.trim() ?? ''
  const name = named ? `${cut(file.slice(file.lastIndexOf('/') + 1), nameMax)}:` : ''
  return `${name}${line}  ${visible(text)}`
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}
