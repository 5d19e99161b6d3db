import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { LoaderState } from '../model/environment.ts'
import type { FileRecord } from '../runtime/index.ts'
import { isGenerated } from '../transform/generated.ts'
import { classifier } from './first-party.ts'
import { slashed, within } from './globs.ts'
import { loaderState } from './state.ts'

/** Why there are no points, as far as it can be told, and what to do about it. */
export interface NoPoints {
  readonly cause: 'no loader' | 'excluded' | 'package' | 'not loaded' | 'left out' | 'unknown'
  /** Continues "… reached no failure point: ". */
  readonly message: string
  readonly hint: string
}

/**
 * Tells apart why a run saw no points: no loader is active, the code's file is not instrumented (excluded, or a
 * package in node_modules), it was loaded by something else, or comments leave it out.
 *
 * @param file where the code is in which points were expected, absolute or relative to the root; if it is known
 * @param registered the files that are instrumented
 * @example
 * ```ts
 * explainNoPoints('/app/src/jobs/charge.ts', registeredFiles()).hint
 * ```
 */
export function explainNoPoints(file?: string, registered: readonly FileRecord[] = []): NoPoints {
  const state = loaderState()
  if (state === undefined && registered.length === 0) return noLoader
  if (state === undefined || file === undefined) return unknown(state, registered)
  const absolute = slashed(path.resolve(state.root, file))
  const shown = within(absolute, state.root) ?? absolute
  if (registered.some(({ root, path: known }) => path.posix.join(root, known) === absolute)) {
    return {
      cause: 'left out',
      message: `${shown} is instrumented, but what ran of it is left out.`,
      hint: 'Take `faultline ignore` comments and outside() off the code under test.',
    }
  }
  const { scope, reason } = classifier(state)(absolute)
  if (scope === 'makers') return makersOnly(state, shown, reason)
  if (scope === 'none') return notInstrumented(state, absolute, reason)
  if (reason !== 'named by include' && isGenerated(textOf(absolute)))
    return notInstrumented(state, absolute, 'generated, as its first comment says')
  return notLoaded(state.kind, shown)
}

const noLoader: NoPoints = {
  cause: 'no loader',
  message: 'nothing instruments the code of this process.',
  hint: 'In Vitest, add faultline() of faultline/vite to `plugins`; elsewhere, start with `node --import faultline/register`.',
}

function unknown(state: LoaderState | undefined, registered: readonly FileRecord[]): NoPoints {
  const paths = registered.map((file) => file.path)
  const known = paths.length === 0 ? 'no file is instrumented' : `instrumented is only ${list(paths)}`
  return {
    cause: 'unknown',
    message: `none of the code that ran is instrumented; ${known}.`,
    hint: `If the job's code is in node_modules, in build output, a test helper or outside the root, name it: ${including(state?.kind, 'the/file.ts')}.`,
  }
}

function notInstrumented(state: LoaderState, absolute: string, reason: string): NoPoints {
  const shown = within(absolute, state.root) ?? absolute
  const message = `${shown} is not instrumented, because it is ${reason}.`
  const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(absolute) ?? []
  if (name !== undefined && reason === 'in node_modules') {
    const hint = `If the package is yours, name it: ${including(state.kind, `node_modules/${name}/**`)}.`
    return { cause: 'package', message, hint }
  }
  const inside = within(absolute, state.root)
  const glob = inside ?? `${path.posix.relative(state.root, path.posix.dirname(absolute))}/**`
  return {
    cause: 'excluded',
    message,
    hint: `If it is under test, name it: ${including(state.kind, glob)}.`,
  }
}

function makersOnly({ kind }: LoaderState, shown: string, reason: string): NoPoints {
  return {
    cause: 'excluded',
    message: `${shown} is ${reason}, where only functions written in a call of Faultline's makers are instrumented.`,
    hint: `Write the job's function in the call of defineJob, move it out of the tests, or name its file: ${including(kind, shown)}.`,
  }
}

function notLoaded(kind: LoaderState['kind'], shown: string): NoPoints {
  const vite = kind === 'vite'
  return {
    cause: 'not loaded',
    message: `${shown} is to be instrumented, but was loaded past ${vite ? 'Vite' : 'faultline/register'}.`,
    hint: vite
      ? 'Import it instead of requiring it; if a package imports it, name that package in `test.server.deps.inline`.'
      : 'Put `--import faultline/register` before whatever loads it, and run the file itself, not a bundle of it.',
  }
}

/** How `include` is written for the loader. */
function including(kind: LoaderState['kind'] | undefined, glob: string): string {
  if (kind === 'node') return `"faultline": { "include": ["${glob}"] } in package.json`
  return `faultline({ include: ['${glob}'] }) in the Vitest configuration`
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function list(paths: readonly string[]): string {
  const shown = paths.slice(0, 5).join(', ')
  return paths.length > 5 ? `${shown} and ${paths.length - 5} more` : shown
}
