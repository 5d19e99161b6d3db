import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isFaultlineError } from '../model/error.ts'
import type { Paint } from './paint.ts'
import { snapshotDiff } from './snapshot-diff.ts'
import { visible } from './text.ts'
import { plural } from './words.ts'

const LINES_MAX = 40
const CHARS_MAX = 6000
const FRAMES_READ = 40

/** An error as the report tells it. */
export interface Message {
  /** The first line. */
  readonly title: string
  readonly rest: readonly string[]
  /** What the error itself advises. */
  readonly hint?: string
  /** `test/charge.test.ts:20`: where it was thrown, if that is first-party code. */
  readonly thrownAt?: string
}

/** The message of an error, or the given one where there is none; safe to print, and bounded. */
export function messageOf(error: unknown, otherwise: string, root: string): Message {
  const hint = textOf(error, 'hint')
  const raw = textOf(error, 'message') || otherwise
  const own = hint === undefined ? raw : raw.replace(`\n  hint: ${hint}`, '')
  const lines = bounded(`${own}${comparison(error, own)}`)
  // Where Faultline made its own error is no news; where that of the job came from is.
  const origin = isFaultlineError(error) ? error.cause : error
  const thrownAt = firstPartyFrame(textOf(origin, 'stack'), textOf(origin, 'message') ?? '', root)
  return {
    title: lines[0]!,
    rest: lines.slice(1),
    ...(hint === undefined ? {} : { hint: bounded(hint).join('\n') }),
    ...(thrownAt === undefined ? {} : { thrownAt }),
  }
}

/** Removed and added lines of a diff in their colours. */
export function paintDiff(line: string, paint: Paint): string {
  if (/^\s*-(?!-)/.test(line)) return paint.green(line)
  return /^\s*\+(?!\+)/.test(line) ? paint.red(line) : line
}

function bounded(text: string): string[] {
  const clipped = text.length > CHARS_MAX ? text.slice(0, CHARS_MAX) : text
  const lines = visible(clipped)
    .split('\n')
    .map((line) => line.trimEnd())
  while (lines.length > 1 && lines[0] === '') lines.shift()
  while (lines.length > 1 && lines.at(-1) === '') lines.pop()
  const left: string[] = []
  if (lines.length > LINES_MAX) left.push(plural(lines.splice(LINES_MAX).length, 'more line'))
  if (clipped.length < text.length) left.push(plural(text.length - clipped.length, 'more character'))
  return left.length === 0 ? lines : [...lines, `… ${left.join(', ')}`]
}

/** What an assertion library leaves to the test runner to show: the two values, compared. */
function comparison(error: unknown, message: string): string {
  if (typeof error !== 'object' || error === null || message.includes('\n')) return ''
  try {
    const { expected, actual, showDiff } = error as Record<string, unknown>
    if (showDiff === false || !(structured(expected) && structured(actual))) return ''
    const { text } = snapshotDiff(expected, actual)
    return text === '' ? '' : ` (- expected, + received)\n\n${text}`
  } catch {
    return ''
  }
}

function structured(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function textOf(error: unknown, key: string): string | undefined {
  try {
    const value = (error as Record<string, unknown> | undefined)?.[key]
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/** The innermost frame, if it is code of the project: an assertion's own frames are in its library. */
function firstPartyFrame(stack: string | undefined, message: string, root: string): string | undefined {
  const frames = (stack ?? '').replace(message, '').split('\n').slice(0, FRAMES_READ)
  for (const frame of frames) {
    const found = frame.match(/^\s+at (?:.*\()?((?:file:\/\/)?\/[^()]*|[a-z]:\\[^()]*):(\d+):\d+\)?$/i)
    if (found === null) continue
    const file = relative(root, pathOf(found[1]!)).replaceAll('\\', '/')
    if (!file.startsWith('..') && !file.includes('node_modules/')) return visible(`${file}:${found[2]}`)
  }
  return undefined
}

function pathOf(file: string): string {
  if (!file.startsWith('file:')) return file
  try {
    return fileURLToPath(file)
  } catch {
    return file
  }
}
