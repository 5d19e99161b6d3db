import { type GlitchMode, placesOf } from '../runtime/index.ts'
import { record } from './baseline.ts'
import type { Runner } from './run.ts'
import type { RunEnd } from './run-plan.ts'

/**
 * An error before the return of a promise rejects it, and is thrown where none is returned: which of them a function
 * does, a run without faults tells. Resolves to whether there was one: then the work is struck once more, so that what the
 * user sees is what that left behind.
 */
export async function learntReturns<W>(
  runner: Runner<W>,
  { unsure }: GlitchMode,
  { session }: RunEnd,
): Promise<boolean> {
  const [first] = unsure
  const { setup, snapshot } = runner.setup.options
  // With `snapshot` there was such a run: it never came to that return.
  if (first === undefined || snapshot !== undefined) return false
  if (setup === undefined) {
    const { line, file } = placesOf(first.file)[first.index]!
    session.approximate ??= `the error was thrown, and not given to the promise that ${file}:${line} may return: without \`setup\` no run without faults tells`
    return false
  }
  await record(runner)
  return true
}
