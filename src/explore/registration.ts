import { checkFirstName } from './option-values.ts'
import type { SimulationOptions } from './options.ts'
import { type RaceSetup, raceSetupOf } from './race/race-options.ts'
import type { Setup } from './run-plan.ts'
import { setupOf } from './simulate.ts'
import { type RaceArguments, type TestArguments, withoutEach } from './test-arguments.ts'

/** What a test asks a setup. */
export interface Testable {
  readonly name: string
  readonly options: Pick<SimulationOptions, 'budgetMs' | 'signal'>
}

/** A test of a simulation or of races, its arguments checked. */
export interface Registration<S extends Testable> {
  readonly name: string
  readonly setup: S
  /** Where the user registered it. */
  readonly calledAt: Error
}

/** What testSimulation is in every test runner. */
export interface RegistersSimulation {
  <W = undefined>(...args: TestArguments<W>): void
  only<W = undefined>(...args: TestArguments<W>): void
  skip<W = undefined>(...args: TestArguments<W>): void
  todo(name: string, ...rest: unknown[]): void
}

/** What testRaces is in every test runner. */
export interface RegistersRaces {
  <W = undefined>(...args: RaceArguments<W>): void
  only<W = undefined>(...args: RaceArguments<W>): void
  skip<W = undefined>(...args: RaceArguments<W>): void
  todo(name: string, ...rest: unknown[]): void
}

/** What the user called: the stack starts above it. */
type Called = (...args: never) => unknown

/** The test that `called` was asked for. */
export function simulationTest<W>(
  given: TestArguments<W>,
  called: Called,
): Registration<Setup<W>> & { readonly each: boolean } {
  const { each, args } = withoutEach(given)
  const [name, work, first, second] = args
  checkFirstName(name, 'testSimulation(name, work, …)')
  return { name, setup: setupOf(work, first, second, name), calledAt: calledAtOf(called), each }
}

/** The test that `called` was asked for. */
export function racesTest<W>(
  [name, works, first, second]: RaceArguments<W>,
  called: Called,
): Registration<RaceSetup<W>> {
  checkFirstName(name, 'testRaces(name, works, …)')
  return { name, setup: raceSetupOf<W>(works, first, second, [], name), calledAt: calledAtOf(called) }
}

/** The same setup, which also ends when the test does. */
export function endingWith<S extends Testable>(setup: S, end: AbortSignal): S {
  const { signal } = setup.options
  const signals = signal === undefined ? [end] : [signal, end]
  return { ...setup, options: { ...setup.options, signal: AbortSignal.any(signals) } }
}

function calledAtOf(called: Called): Error {
  const calledAt = new Error()
  Error.captureStackTrace(calledAt, called)
  return calledAt
}
