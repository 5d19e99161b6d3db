import path from 'node:path'
import { classifier } from './first-party.ts'
import { slashed } from './globs.ts'
import { loaderState } from './state.ts'

/** Why there are no points, as far as it can be told, and what to do about it. */
export interface NoPoints {
  readonly cause: 'no loader' | 'excluded' | 'not loaded' | 'unknown'
  readonly message: string
  readonly hint: string
}

const PLUGIN =
  'In Vitest, add faultline() of faultline/vite to `plugins`; elsewhere run `node --import faultline/register …`.'

/**
 * Tells apart why a run saw no points: no loader is active, the file is excluded, or it was loaded by something
 * else (an external module in Vitest, a package in node_modules).
 *
 * @param file the file in which points were expected, absolute or relative to the root; where it is known
 * @example
 * ```ts
 * explainNoPoints('src/jobs/charge.ts').hint
 * ```
 */
export function explainNoPoints(file?: string): NoPoints {
  const state = loaderState()
  if (state === undefined) {
    return { cause: 'no loader', message: 'no code is instrumented in this process.', hint: PLUGIN }
  }
  if (file === undefined) {
    const hint = `Is the job's code first-party (under ${state.root}, not in node_modules, not in a test folder)? If not, name it in \`include\`.`
    return { cause: 'unknown', message: 'no instrumented code was reached.', hint }
  }
  const absolute = slashed(path.resolve(state.root, file))
  const { scope, reason } = classifier(state)(absolute)
  if (scope === 'whole') return notLoaded(file, state.kind)
  const message =
    scope === 'none' ? `${file} is not instrumented: it is ${reason}.` : makersOnly(file, reason)
  return {
    cause: 'excluded',
    message,
    hint: `If its code is under test, add '${file}' to \`include\` of ${place(state.kind)}.`,
  }
}

function notLoaded(file: string, kind: 'vite' | 'node'): NoPoints {
  const hint =
    kind === 'vite'
      ? 'Vitest runs a module outside Vite where it is required by CommonJS code or lies in node_modules: import it, or add it to `test.server.deps.inline`.'
      : 'It is loaded by something else, such as a bundler or a cache of compiled code, or not at all.'
  return {
    cause: 'not loaded',
    message: `${file} would be instrumented, but was not loaded through Faultline.`,
    hint,
  }
}

function makersOnly(file: string, reason: string): string {
  return `${file} is ${reason}, where only functions written in a call of Faultline's makers give points.`
}

function place(kind: 'vite' | 'node'): string {
  if (kind === 'vite') return 'faultline() in the Vitest configuration'
  return '"faultline" in package.json'
}
