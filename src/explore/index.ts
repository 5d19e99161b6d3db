export { unknownName } from './bad-option.ts'
export { cutOnCrash } from './cut-on-crash.ts'
export { defineSimulation, isSimulation, type Simulation, type SimulationRun } from './define-simulation.ts'
export type { Glitch, GlitchTiming } from './glitch.ts'
export * from './glitches/index.ts'
export type {
  Assertions,
  PruneOptions,
  RunInfo,
  SimulationOptions,
} from './options.ts'
export { outside } from './outside.ts'
export { pointed } from './pointed.ts'
export * from './race/index.ts'
export {
  endingWith,
  type RegistersRaces,
  type RegistersSimulation,
  type Registration,
  racesTest,
  simulationTest,
  type Testable,
} from './registration.ts'
export {
  isFailure,
  ResilienceError,
  type SimulationReport,
} from './report.ts'
export type { Setup } from './run-plan.ts'
export { runScenario, type ScenarioOptions } from './scenario.ts'
export {
  assertResilient,
  isReplay,
  replayedElsewhere,
  runSimulation,
  simulate,
  simulateSetup,
} from './simulate.ts'
export { type Step, Stepwise } from './stepwise.ts'
export { type RaceArguments, type TestArguments, type TestOptions, testTimeoutMs } from './test-arguments.ts'
export { trace } from './trace.ts'
export { type EnqueuedBy, enqueuedBy, type Once, once, type Work } from './work.ts'
