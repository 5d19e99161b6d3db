import { virtualTimer } from './clock/index.ts'
import { installProbes } from './runtime/index.ts'

installProbes(virtualTimer)

export {
  type Assertions,
  cutOnCrash,
  defineSimulation,
  type EnqueuedBy,
  enqueuedBy,
  exploreRaces,
  type Glitch,
  type GlitchTiming,
  glitchAfterAwait,
  glitchAfterLine,
  glitchAt,
  glitchBeforeCall,
  glitchBeforeLine,
  glitchBeforeReturn,
  type Once,
  type OneRaceOptions,
  once,
  outside,
  type PruneOptions,
  RaceError,
  type RaceOptions,
  type RaceReport,
  type RaceStrategy,
  ResilienceError,
  type RunInfo,
  redelivery,
  runRace,
  runRaces,
  runScenario,
  runSimulation,
  type ScenarioOptions,
  type Simulation,
  type SimulationOptions,
  type SimulationReport,
  type SimulationRun,
  simulate,
  trace,
  type Work,
} from './explore/index.ts'
export {
  defineWorkers,
  runWorkers,
  simulateWorkers,
  type WorkerAssertions,
  type WorkerDelivery,
  type WorkerOptions,
  type WorkerProgram,
  type WorkerRun,
} from './explore/workers/index.ts'
export {
  crash,
  delay,
  duplicate,
  type ErrorPolicy,
  eager,
  error,
  exhaust,
  type Fault,
  GlitchError,
  interrupt,
  isGlitchError,
  reorder,
  rival,
  stall,
  type TimeoutOrder,
  timeout,
} from './fault/index.ts'
export { createSwitch, type Journal, journal, type Switch } from './journal/index.ts'
export type { DeliveryOutcome, DeliveryRecord, DueJob, Performed } from './model/delivery.ts'
export { FaultlineError, type FaultlineErrorCode, isFaultlineError } from './model/error.ts'
export type {
  Backoff,
  EnqueueOptions,
  JobContext,
  JobDefinition,
  JobOptions,
  JobRequest,
  Jsonify,
} from './model/job.ts'
export type { Place, Point, PointKind, PointName } from './model/point.ts'
export type {
  BlockedDelivery,
  RaceData,
  RaceLine,
  RaceMember,
  RaceResult,
  RaceShard,
  RaceSummary,
} from './model/race.ts'
export type {
  Cause,
  FaultName,
  InjectedFault,
  Outcome,
  Reason,
  ScenarioResult,
  Shard,
  SimulationData,
  SimulationSummary,
  TimelineEvent,
  TimelineKind,
} from './model/result.ts'
export type { Duration, When } from './model/time.ts'
export type { WorkerSignal } from './model/worker-log.ts'
export type { CheckName } from './oracle/index.ts'
export {
  type PerformOptions,
  performAll,
  performAllAfter,
  performAllBefore,
  performAllWithin,
} from './perform/index.ts'
export {
  archivePayloads,
  type Claim,
  type DueWindow,
  defineJob,
  type Ending,
  type MemoryQueue,
  type MemoryQueueOptions,
  memoryQueue,
  type QueueAdapter,
  type QueueCapabilities,
  type QueueTime,
  type RunExtras,
  type Settlement,
} from './queue/index.ts'
