import path from 'node:path'
import { isGenerated } from '../transform/generated.ts'
import { transform } from '../transform/transform.ts'
import type { Classification } from './first-party.ts'

/** What is to be instrumented. */
export interface InstrumentRequest {
  /** Absolute, with `/`. */
  readonly file: string
  readonly root: string
  readonly source: string
  readonly sourceType: 'module' | 'commonjs'
  readonly classification: Classification
}

/** The mark that only instrumented code has: its header registers the file under this name. */
const MARK = 'Symbol.for("faultline.runtime")'

/** What the transform made of a source; `undefined` where it stays as it is. */
export type Instrumented = NonNullable<ReturnType<typeof transform>>

/**
 * Instruments one source, unless it is not first-party, generated, or instrumented already (the plugin may be
 * listed twice, or two copies of the package be loaded).
 *
 * @throws FaultlineError `FAULTLINE_PARSE`
 */
export function instrument(request: InstrumentRequest): Instrumented | undefined {
  const { file, root, source, sourceType, classification } = request
  const { scope, reason } = classification
  if (scope === 'none' || source.includes(MARK)) return undefined
  if (reason !== 'named by include' && isGenerated(source)) return undefined
  const relative = path.posix.relative(root, file)
  return transform(source, { file: relative, root, scope, sourceType })
}
