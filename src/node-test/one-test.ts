import { type TestContext, test } from 'node:test'
import {
  endingWith,
  type Registration,
  replayedElsewhere,
  type Testable,
  testTimeoutMs,
} from '../explore/index.ts'
import { commandOf } from './command-of.ts'
import { registeredAt } from './registered-at.ts'

/** How a test is marked. */
export interface Mark {
  readonly only?: boolean
  readonly skip?: boolean
}

/** Registers a test of `node:test`, which skips itself where another one is replayed. */
export function oneTest<S extends Testable>(
  mark: Mark,
  { name, setup, calledAt }: Registration<S>,
  run: (setup: S & { readonly command: string }, context: TestContext) => Promise<void>,
): void {
  const timeout = testTimeoutMs(setup.options)
  void registeredAt(calledAt)(test, name, { timeout, ...mark }, async (context: TestContext) => {
    const replayed = replayedElsewhere(setup.name)
    if (replayed === undefined)
      await run({ ...endingWith(setup, context.signal), command: commandOf(context) }, context)
    else context.skip(`FAULTLINE_REPLAY replays '${replayed}'`)
  })
}
