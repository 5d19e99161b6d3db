export type {
  WorkerAssertions,
  WorkerDelivery,
  WorkerOptions,
  WorkerProgram,
  WorkerRun,
} from './options.ts'
export { defineWorkers, runWorkers, simulateWorkers } from './simulate-workers.ts'
