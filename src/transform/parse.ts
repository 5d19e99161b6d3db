import type { Comment, Program } from 'oxc-parser'
import { parseSync } from 'oxc-parser'
import { FaultlineError } from '../model/error.ts'
import { Lines } from './lines.ts'

/** A parsed file. */
export interface Parsed {
  readonly program: Program
  readonly comments: readonly Comment[]
}

const languages: Record<string, 'ts' | 'tsx' | 'dts'> = { ts: 'ts', mts: 'ts', cts: 'ts', tsx: 'tsx' }

/** Parses a file by its extension; what is no TypeScript may hold JSX. */
export function parse(source: string, file: string, sourceType: 'module' | 'commonjs'): Parsed {
  const extension = file.slice(file.lastIndexOf('.') + 1)
  const lang = languages[extension] ?? 'jsx'
  const { program, comments, errors } = parseSync(file, source, { lang, sourceType, preserveParens: true })
  const error = errors.find(({ severity }) => severity === 'Error')
  if (error !== undefined) throw parseError(source, file, error.message, error.labels[0])
  return { program, comments }
}

function parseError(
  source: string,
  file: string,
  message: string,
  span: { start: number; end: number } | undefined,
): FaultlineError {
  const lines = new Lines(source)
  const { line, column } = lines.at(span?.start ?? 0)
  const frame = codeFrame(source, line, column, span === undefined ? 1 : span.end - span.start)
  return new FaultlineError('FAULTLINE_PARSE', {
    message: `${file}:${line}:${column} cannot be parsed: ${message}\n\n${frame}\n`,
    hint: 'If other tools accept the file, leave it out with `exclude` or `/* faultline ignore file: reason */`.',
  })
}

/** Two lines around, and a marker under what is wrong. */
function codeFrame(source: string, line: number, column: number, length: number): string {
  const lines = source.split(/\r?\n/)
  const from = Math.max(1, line - 2)
  const to = Math.min(lines.length, line + 2)
  const width = String(to).length
  const frame: string[] = []
  for (let number = from; number <= to; number++) {
    const text = lines[number - 1]!.slice(0, 160)
    frame.push(`${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${text}`.trimEnd())
    if (number !== line || column > 160) continue
    const marker = '^'.repeat(Math.max(1, Math.min(length, text.length - column + 1)))
    frame.push(`  ${' '.repeat(width)} | ${text.slice(0, column - 1).replace(/[^\t]/g, ' ')}${marker}`)
  }
  return frame.join('\n')
}
