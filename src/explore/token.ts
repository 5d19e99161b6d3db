import { createHash } from 'node:crypto'
import { closest } from 'fastest-levenshtein'
import { FaultlineError } from '../model/error.ts'
import type { FileRecord } from '../runtime/index.ts'

/** What a replay token says. */
export interface Token {
  /** The simulation's name. */
  readonly name: string
  readonly scenario: string
  readonly seed: number
  /** The start of the virtual clock. */
  readonly now: Date
  /** A short hash of the traced files. */
  readonly hash: string
}

const shape = /^(.*): (\S.*) \(seed (-?\d+), ([0-9T:.Z+-]+), ([0-9a-f]+)\)$/

/** `charge: crash@src/jobs/charge.ts:14#2 (seed 1, 2026-11-21T09:00:00.000Z, 3f9a1c)` */
export function printToken({ name, scenario, seed, now, hash }: Token): string {
  return `${escaped(name)}: ${escaped(scenario).replaceAll(': ', ':%20')} (seed ${seed}, ${now.toISOString()}, ${hash})`
}

/** The token's parts; a text that is none is an error. */
export function parseToken(text: string): Token {
  const match = shape.exec(text.trim())
  const now = new Date(match?.[4] ?? Number.NaN)
  if (match === null || Number.isNaN(now.getTime())) {
    throw new FaultlineError('FAULTLINE_REPLAY', {
      message: `FAULTLINE_REPLAY is no replay token: received '${text}'.`,
      hint: "Paste the whole line of the report; a token reads like 'charge: crash@src/jobs/charge.ts:14 (seed 1, 2026-11-21T09:00:00.000Z, 3f9a1c)'.",
    })
  }
  return {
    name: unescaped(match[1]!),
    scenario: unescaped(match[2]!),
    seed: Number(match[3]),
    now,
    hash: match[5]!,
  }
}

/** On one line, whatever is in a name; what is between name and scenario is in the name only. */
function escaped(text: string): string {
  return text.replace(/^ |[%\p{Cc}\u2028\u2029]/gu, encodeURIComponent)
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A short hash of the files that a run went through. */
export function hashOf(files: Iterable<FileRecord>): string {
  const lines = [...new Set([...files].map((file) => `${file.path} ${file.hash}`))].sort()
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 8)
}

/** The source is another than when the token was printed. */
export function changedSource(token: Token, hash: string): FaultlineError {
  return new FaultlineError('FAULTLINE_REPLAY', {
    message: `The source changed since this token was printed (its hash was ${token.hash}, now it is ${hash}): '${token.scenario}' may be another place by now, and was not run.`,
    hint: 'Run the whole simulation again and take the token from its report.',
  })
}

/** The token names a scenario that this simulation does not have. */
export function noSuchScenario(token: Token, ids: readonly string[]): FaultlineError {
  const near = ids.length === 0 ? undefined : closest(token.scenario, [...ids])
  return new FaultlineError('FAULTLINE_REPLAY', {
    message: `'${token.name}' has no scenario '${token.scenario}': received one of ${ids.length} others.`,
    ...(near === undefined
      ? undefined
      : { hint: `The nearest is '${near}'. Were the options (faults, hits, points) the same?` }),
  })
}
