import { environment } from '../model/environment.ts'
import { FaultlineError } from '../model/error.ts'
import type { FileRecord } from '../runtime/index.ts'

/** A run reached no point in any source: nothing could be tested. Tells the possible reasons apart. */
export function noPoints(name: string, files: readonly FileRecord[]): FaultlineError {
  return new FaultlineError('FAULTLINE_NO_POINTS', {
    message: `${name} reached no failure point: none of the code it ran is instrumented.`,
    hint: reason(files),
  })
}

function reason(files: readonly FileRecord[]): string {
  const { loader } = environment()
  if (loader === undefined && files.length === 0) {
    return "The loader is missing. Vitest: plugins: [faultline()] from 'faultline/vite' in its config; elsewhere: node --import faultline/register."
  }
  const known =
    files.length === 0
      ? 'No file was instrumented'
      : `Instrumented were ${list(files.map((file) => file.path))}`
  return [
    `${known}. The job’s code is in none of them, because`,
    "    - its file is excluded: build output, a generated file, a test file or test helper; name it, as in faultline({ include: ['test/jobs/**'] }); or",
    '    - it is a workspace package that resolves to node_modules (name it in `include`); or',
    '    - it was loaded past the loader: before it was registered, or in another process.',
  ].join('\n')
}

function list(paths: readonly string[]): string {
  const shown = paths.slice(0, 5).join(', ')
  return paths.length > 5 ? `${shown} and ${paths.length - 5} more` : shown
}
