export { deliver } from './deliver.ts'
export {
  type PerformOptions,
  performAll,
  performAllAfter,
  performAllBefore,
  performAllWithin,
} from './perform-all.ts'
export { type DueOptions, performDue } from './perform-due.ts'
export type { DeliveryPort } from './running.ts'
export { Session, type SessionOptions } from './session.ts'
export { Watchdog, type Watched } from './watchdog.ts'
export { WorkerMemory } from './worker-memory.ts'
