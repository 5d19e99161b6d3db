import { explainNoPoints } from '../loader/diagnose.ts'
import { FaultlineError } from '../model/error.ts'
import { registeredFiles } from '../runtime/index.ts'
import { fileOfWork } from './function-file.ts'
import type { Work } from './work.ts'

/** A run of the work reached no point in any source: nothing could be tested. */
export function noPoints({ name, work }: { readonly name: string; readonly work: Work }): FaultlineError {
  const { message, hint } = explainNoPoints(fileOfWork(work), registeredFiles())
  return new FaultlineError('FAULTLINE_NO_POINTS', {
    message: `${name} reached no failure point: ${message}`,
    hint,
  })
}
