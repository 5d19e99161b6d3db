import type { Probe } from '../probe.ts'
import { awaitStatement, awaits } from './await.ts'
import { call } from './call.ts'
import { emptyCatch } from './empty-catch.ts'
import { field } from './field.ts'
import { forAwait } from './for-await.ts'
import { functionEnd } from './function-end.ts'
import { handler } from './handler.ts'
import { line, unbraced } from './line.ts'
import { arrowReturn, returns } from './return.ts'
import { timers, timerTargets } from './timers.ts'
import { tryEnd } from './try-end.ts'

/**
 * Every kind of probe. Where several insert at one offset, the earlier one opens further left and closes further
 * right.
 */
export const probes: readonly Probe[] = [
  call,
  arrowReturn,
  functionEnd,
  handler,
  line,
  unbraced,
  awaitStatement,
  returns,
  tryEnd,
  emptyCatch,
  forAwait,
  awaits,
  field,
  timerTargets,
  timers,
]
