/**
 * Real deaths: the user's own worker program is killed at each point, by SIGKILL or SIGTERM, and started again.
 *
 * @example
 * ```ts
 * import { simulateWorkers } from 'faultline/workers'
 * ```
 * @module
 */

export type { Simulation, SimulationReport } from './explore/index.ts'
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
export type { WorkerSignal } from './model/worker-log.ts'
