import type { TestContext } from 'vitest'
import {
  endingWith,
  pointed,
  type Registration,
  replayedElsewhere,
  type Testable,
  testTimeoutMs,
} from '../explore/index.ts'
import { handOverNotRun, registered, type SimulationMeta } from './hand-over.ts'
import { type Judged, withSoftFailures } from './soft-failures.ts'
import { commandOf, testFileOf } from './test-file.ts'

/** `test` of Vitest. */
export type Registers = (
  name: string,
  options: { timeout: number; retry: number; meta: { faultline: SimulationMeta } },
  body: (context: TestContext) => Promise<void>,
) => void

/** What a test needs to know of a setup. */
interface Tested extends Testable, Judged {
  readonly seed: number
  readonly nowMs: number
  readonly options: Testable['options'] & Judged['options']
}

/** What makes a report of a setup, and what becomes of it. */
export interface Reporting<S, R> {
  run(setup: S & { readonly command: string }): Promise<R>
  /** For the reporter. */
  handOver(report: R, file: string): SimulationMeta
  /** Throws unless all is well. */
  assert(report: R): unknown
  /** Why nothing of it was run here, where that is as it should be. */
  leftOut?(report: R): string | undefined
}

/** Registers a test for the whole of a setup, which skips itself where another one is replayed. */
export function oneTest<S extends Tested, R>(
  registers: Registers,
  { name, setup, calledAt }: Registration<S>,
  { run, handOver, assert, leftOut }: Reporting<S, R>,
): void {
  const meta = { faultline: registered(setup.name) }
  registers(name, { timeout: testTimeoutMs(setup.options), retry: 0, meta }, async (context) => {
    const replayed = replayedElsewhere(setup.name)
    if (replayed !== undefined) context.skip(`FAULTLINE_REPLAY replays '${replayed}'`)
    const { meta } = context.task
    const file = testFileOf(context)
    const own = withSoftFailures(
      { ...endingWith(setup, context.signal), command: commandOf(context) },
      () => context,
    )
    const why = await pointed(calledAt, async () => {
      const report = await run(own).catch((error: unknown) => {
        meta.faultline = handOverNotRun(own, error, file)
        throw error
      })
      meta.faultline = handOver(report, file)
      assert(report)
      return leftOut?.(report)
    })
    if (why !== undefined) context.skip(why)
  })
}
