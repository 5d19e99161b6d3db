import type { SimulationData } from '../model/result.ts'
import { inkOf, legend, sign, sourceLines, verdictAt } from './gutter.ts'
import { trimmed } from './layout.ts'
import { paintFor } from './paint.ts'
import { sourceReader } from './source.ts'
import type { TerminalOptions } from './terminal-options.ts'
import { widthOf } from './terminal-options.ts'
import { cut, oneLine, visible } from './text.ts'
import { verdictsOf } from './verdicts.ts'

/**
 * A whole source file with the verdict of every line in front of it.
 *
 * @param file as the points name it: relative to the root, with `/`
 *
 * @example
 * ```ts
 * console.log(renderVerdicts(report, 'src/jobs/charge.ts'))
 * ```
 */
export function renderVerdicts(data: SimulationData, file: string, options: TerminalOptions = {}): string {
  const paint = paintFor(options.colors)
  const width = widthOf(options)
  const source = sourceReader(data.root, options.readSource)(file)
  const title = ` ${paint.bold(oneLine(file))}`
  if (source === undefined) return trimmed([title, '', ` ${paint.dim('(its source could not be read)')}`])
  const verdicts = verdictsOf(data).get(file)
  const lines = sourceLines(source)
  const digits = Math.max(3, String(lines.length).length)
  const labels = lines.map((_, index) => verdictAt(verdicts, index + 1).faults.join(', '))
  const column = Math.min(24, Math.max(0, ...labels.map((label) => label.length)))
  const body = lines.map((text, index) => {
    const { mark } = verdictAt(verdicts, index + 1)
    const label = inkOf(mark, paint)(cut(labels[index]!, column).padEnd(column))
    const code = cut(visible(text).trimEnd(), width - digits - column - 7)
    const gutter = ` ${paint.dim(String(index + 1).padStart(digits))} ${sign(mark, paint)} ${label}`
    return `${gutter}${paint.dim(column > 0 ? ' │' : '│')} ${mark === 'none' ? paint.dim(code) : code}`
  })
  return trimmed([title, '', ...body, '', ...legend(width, paint)])
}
