import { afterAll, type TestContext, test } from 'vitest'
import {
  assertResilient,
  endingWith,
  pointed,
  type Registration,
  type Setup,
  type Step,
  Stepwise,
  testTimeoutMs,
} from '../explore/index.ts'
import { handOver, handOverNotRun, registered, type SimulationMeta } from './hand-over.ts'
import { withSoftFailures } from './soft-failures.ts'
import { commandOf, testFileOf } from './test-file.ts'

/**
 * The body of a suite: the runs without faults happen while tests are collected; then each scenario is a test. What
 * `boot` made is there from the first of them to the last.
 */
export async function eachScenario<W>({ setup: given, calledAt }: Registration<Setup<W>>): Promise<void> {
  const cancel = new AbortController()
  let running: TestContext | undefined
  const setup: Setup<W> & { command?: string } = withSoftFailures(
    endingWith(given, cancel.signal),
    () => running,
  )
  const timeout = testTimeoutMs(given.options)
  const stepwise = new Stepwise(setup)
  const known = registered(given.name)
  const register = (title: string, body: (context: TestContext) => Promise<void>): void =>
    test(title, { timeout, retry: 0, meta: { faultline: known } }, async (context) => {
      context.task.meta.faultline = { ...known, begun: true }
      running = context
      setup.command = commandOf(context)
      context.signal.addEventListener('abort', () => cancel.abort(context.signal.reason), { once: true })
      await pointed(calledAt, () => body(context))
    })
  let steps: readonly Step[] = []
  let failed: { readonly error: unknown } | undefined
  try {
    steps = await stepwise.begin()
  } catch (error) {
    failed = { error }
  }
  let first: TestContext | undefined
  const meta: { faultline?: SimulationMeta } = {}
  register('baseline', async (context) => {
    first ??= context
    if (failed !== undefined) {
      context.task.meta.faultline = handOverNotRun(setup, failed.error, testFileOf(context))
      throw failed.error
    }
    const report = stepwise.broken()
    if (report !== undefined) assertResilient(report)
  })
  for (const step of steps)
    register(step.title, async (context) => {
      first ??= context
      assertResilient(await step.run())
    })
  afterAll(async () => {
    const report = await stepwise.end()
    if (report === undefined || first === undefined) return
    meta.faultline = handOver(report, testFileOf(first))
    Object.assign(first.task.suite?.meta ?? first.task.meta, meta)
  })
}
