import './index.ts'

export type { GraphileWorkerQueueOptions } from './queue/adapters/graphile-worker/graphile-setup.ts'
export {
  GraphileWorkerQueue,
  graphileWorkerQueue,
} from './queue/adapters/graphile-worker/graphile-worker-queue.ts'
export type { TaskModules } from './queue/adapters/graphile-worker/task-list.ts'
