import { fileURLToPath } from 'node:url'
import { shared } from './shared.ts'

/** A line of instrumented code. */
export interface CallSite {
  /** Relative to the project's root, with `/`. */
  readonly file: string
  readonly line: number
}

const FRAMES = 50

/** The innermost line of instrumented code that is being executed; `undefined` where none is on the stack. */
export function callSite(): CallSite | undefined {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = FRAMES
  const { stack = '' } = new Error('call site')
  Error.stackTraceLimit = limit
  return siteIn(stack)
}

/** The innermost line of instrumented code in a stack. */
export function siteIn(stack: string): CallSite | undefined {
  const files = new Map(Object.values(shared.files).map(({ root, path }) => [`${root}/${path}`, path]))
  for (const frame of stack.split('\n')) {
    const found = frame.match(
      /^\s+at (?:.*\()?((?:file:\/\/)?\/[^()]*?|[a-z]:[\\/][^()]*?)(?:\?[^:]*)?:(\d+):\d+\)?$/i,
    )
    const file = found === null ? undefined : files.get(pathOf(found[1]!).replaceAll('\\', '/'))
    if (file !== undefined) return { file, line: Number(found![2]) }
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
