import { relative } from 'node:path'
import { type TestContext, test } from 'vitest'
import type { Assertions, SimulationOptions, Work } from '../explore/index.ts'
import { assertResilient, replayedElsewhere, setupOf, simulateSetup } from '../explore/index.ts'
import { isFaultlineError } from '../model/error.ts'

/** A simulation that never ends by itself is ended after this real time, unless `budgetMs` says otherwise. */
const timeoutMsDefault = 600_000
/** What the last scenario, the replay and the report may take beyond `budgetMs`. */
const graceMs = 60_000

type Arguments<W> = [
  name: string,
  work: Work,
  first?: Assertions<W> | SimulationOptions<W>,
  second?: SimulationOptions<W> | Assertions<W>,
]

/** Registers a simulation as a test; see {@link testSimulation}. */
export interface TestSimulation {
  <W = undefined>(...args: Arguments<W>): void
  /** Only this one, of its file. */
  only<W = undefined>(...args: Arguments<W>): void
  skip<W = undefined>(...args: Arguments<W>): void
  todo(name: string, ...rest: unknown[]): void
}

/**
 * One test for a simulation; a failure lists every finding. Its timeout follows the work, not Vitest's 5 s.
 *
 * @example
 * ```ts
 * testSimulation('charge survives', charge.with({ orderId: 7 }), { setup: freshWorld }, (run, world) => {
 *   expect(world.charges).toHaveLength(1)
 * })
 * ```
 * @throws when registered: FaultlineError `FAULTLINE_BAD_OPTION`. The test fails with a ResilienceError.
 */
export const testSimulation: TestSimulation = Object.assign(
  <W>(...args: Arguments<W>) => register(test, args),
  {
    only: <W>(...args: Arguments<W>) => register(test.only, args),
    skip: <W>(...args: Arguments<W>) => register(test.skip, args),
    todo: (name: string) => test.todo(name),
  },
)

type Registers = (
  name: string,
  options: { timeout: number; retry: number },
  body: (context: TestContext) => Promise<void>,
) => void

function register<W>(registers: Registers, [name, work, first, second]: Arguments<W>): void {
  const setup = setupOf(work, first, second, name)
  const { budgetMs } = setup.options
  const calledAt = new Error()
  Error.captureStackTrace(calledAt, testSimulation)
  const timeout = budgetMs === undefined ? timeoutMsDefault : budgetMs + graceMs
  registers(name, { timeout, retry: 0 }, async (context) => {
    const replayed = replayedElsewhere(setup.name)
    if (replayed !== undefined) context.skip(`FAULTLINE_REPLAY replays '${replayed}'`)
    const { signal } = setup.options
    const signals = signal === undefined ? context.signal : AbortSignal.any([signal, context.signal])
    const file = relative(process.cwd(), context.task.file.filepath).replaceAll('\\', '/')
    try {
      const report = await simulateSetup({
        ...setup,
        options: { ...setup.options, signal: signals },
        command: `npx vitest run ${file}`,
      })
      assertResilient(report)
    } catch (error) {
      throw isFaultlineError(error) ? pointingAt(error, calledAt) : error
    }
  })
}

/** The stack leads to the line that registered the test, not into Faultline. */
function pointingAt(error: Error, calledAt: Error): Error {
  const frames = calledAt.stack?.slice(calledAt.stack.indexOf('\n    at ')) ?? ''
  error.stack = `${error.name}: ${error.message}${frames}`
  return error
}
