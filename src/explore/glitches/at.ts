import { readFileSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'
import type { Fault } from '../../fault/index.ts'
import { FaultlineError } from '../../model/error.ts'
import { bad, kind } from '../bad-option.ts'
import type { Glitch, GlitchTiming } from '../glitch.ts'
import { lineGlitch } from './line-glitch.ts'
import { withoutCalls } from './own-calls.ts'

/**
 * Strikes before the line that holds a text: survives edits above it.
 *
 * @example
 * ```ts
 * glitchAt('src/jobs/charge.ts', 'await stripe.charge', crash())
 * ```
 * @throws FaultlineError `FAULTLINE_NO_SUCH_POINT` where no line, or more than one, holds the text;
 * `FAULTLINE_BAD_OPTION`.
 */
export function glitchAt(file: string, text: string | RegExp, fault?: Fault, timing?: GlitchTiming): Glitch {
  if (typeof file !== 'string' || file === '')
    throw bad(`glitchAt(file, text) takes the path of a file: received ${kind(file)}.`)
  if (!(text instanceof RegExp) && (typeof text !== 'string' || text === ''))
    throw bad(`glitchAt(file, text) takes a text of one line, or a RegExp: received ${kind(text)}.`)
  const line = lineOf(file, text)
  const path = isAbsolute(file) ? relative(process.cwd(), file).replaceAll('\\', '/') : file
  return {
    ...lineGlitch('glitchAt', `${path}:${line}`, fault, timing, false),
    description: `glitchAt('${file}', ${typeof text === 'string' ? `'${text}'` : String(text)})`,
  }
}

function lineOf(file: string, text: string | RegExp): number {
  let source: string
  try {
    source = readFileSync(resolve(file), 'utf8')
  } catch (cause) {
    throw new FaultlineError('FAULTLINE_NO_SUCH_POINT', {
      message: `glitchAt cannot read ${file}.`,
      hint: 'The path is relative to the working directory.',
      cause,
    })
  }
  const holds = (line: string): boolean =>
    typeof text === 'string'
      ? line.includes(text)
      : new RegExp(text.source, text.flags.replace('g', '')).test(line)
  const found = withoutCalls(source)
    .split('\n')
    .flatMap((line, index) => (holds(line) ? [index + 1] : []))
  if (found.length === 1) return found[0]!
  throw new FaultlineError('FAULTLINE_NO_SUCH_POINT', {
    message:
      found.length === 0
        ? `No line of ${file} holds ${String(text)}.`
        : `${found.length} lines of ${file} hold ${String(text)}: ${found.join(', ')}.`,
    hint:
      found.length === 0
        ? 'The text is matched within single lines, as written.'
        : 'Give a longer text, which only one line holds.',
  })
}
