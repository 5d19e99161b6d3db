export type {
  WorkerAssertions,
  WorkerDelivery,
  WorkerOptions,
  WorkerProgram,
  WorkerRun,
} from './options.ts'
export { runWorkers, simulateWorkers } from './simulate-workers.ts'
