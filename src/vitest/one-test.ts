import type { TestContext } from 'vitest'
import {
  endingWith,
  pointed,
  type Registration,
  replayedElsewhere,
  type Testable,
  testTimeoutMs,
} from '../explore/index.ts'
import { notRun, type SimulationMeta } from './hand-over.ts'
import { commandOf, testFileOf } from './test-file.ts'

/** `test` of Vitest. */
export type Registers = (
  name: string,
  options: { timeout: number; retry: number },
  body: (context: TestContext) => Promise<void>,
) => void

/** What makes a report of a setup, and what becomes of it. */
export interface Reporting<S, R> {
  run(setup: S & { readonly command: string }): Promise<R>
  /** For the reporter. */
  handOver(report: R, file: string): SimulationMeta
  /** Throws unless all is well. */
  assert(report: R): unknown
}

/** Registers a test for the whole of a setup, which skips itself where another one is replayed. */
export function oneTest<S extends Testable, R>(
  registers: Registers,
  { name, setup, calledAt }: Registration<S>,
  { run, handOver, assert }: Reporting<S, R>,
): void {
  registers(name, { timeout: testTimeoutMs(setup.options), retry: 0 }, async (context) => {
    const replayed = replayedElsewhere(setup.name)
    if (replayed !== undefined) context.skip(`FAULTLINE_REPLAY replays '${replayed}'`)
    const { meta } = context.task
    await pointed(calledAt, async () => {
      try {
        const report = await run({ ...endingWith(setup, context.signal), command: commandOf(context) })
        meta.faultline = handOver(report, testFileOf(context))
        assert(report)
      } catch (error) {
        meta.faultline ??= notRun(setup.name)
        throw error
      }
    })
  })
}
