import { closest, distance } from 'fastest-levenshtein'
import { FaultlineError } from '../model/error.ts'

/** What a user may say about which files are instrumented; globs are relative to the project's root. */
export interface LoaderOptions {
  /**
   * Instrumented whole, whatever the defaults say: a folder, a file or a glob, such as `'test/support/**'` or
   * `'node_modules/our-jobs/**'`.
   */
  include?: string[]
  /** Never instrumented, such as `'src/legacy/**'`. Wins over the defaults, not over `include`. */
  exclude?: string[]
}

const NAMES = ['include', 'exclude'] as const

/**
 * Checks options that come from outside.
 *
 * @param where what they were given to, for the error: `faultline()`, `"faultline" in package.json`
 * @throws FaultlineError `FAULTLINE_BAD_OPTION`
 */
export function checkedOptions(value: unknown, where: string): Required<LoaderOptions> {
  if (value === undefined) return { include: [], exclude: [] }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw bad(
      `${where} takes an object: received ${show(value)}; allowed is { include?: string[], exclude?: string[] }.`,
    )
  }
  for (const name of Object.keys(value)) {
    if (!(NAMES as readonly string[]).includes(name)) throw unknownName(name, where)
  }
  const { include, exclude } = value as Record<string, unknown>
  return { include: globs(include, 'include', where), exclude: globs(exclude, 'exclude', where) }
}

function globs(value: unknown, name: string, where: string): string[] {
  if (value === undefined) return []
  if (!Array.isArray(value))
    throw bad(`${name} of ${where} is no list: received ${show(value)}; allowed is string[].`)
  return value.map((glob: unknown) => {
    if (typeof glob !== 'string' || glob === '') {
      throw bad(`${name} of ${where} holds ${show(glob)}; allowed are globs, such as 'src/jobs/**'.`)
    }
    if (!glob.startsWith('!')) return glob
    const other = name === 'include' ? 'exclude' : 'include'
    throw bad(
      `${name} of ${where} holds the negation ${show(glob)}.`,
      `Write '${glob.slice(1)}' in ${other} instead.`,
    )
  })
}

function unknownName(name: string, where: string): FaultlineError {
  const near = closest(name, NAMES)
  return bad(
    `${where} has no option '${name}'; allowed are ${NAMES.join(', ')}.`,
    distance(near, name) <= 3 ? `Did you mean '${near}'?` : undefined,
  )
}

function bad(message: string, hint?: string): FaultlineError {
  return new FaultlineError('FAULTLINE_BAD_OPTION', hint === undefined ? { message } : { message, hint })
}

function show(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value))
}
