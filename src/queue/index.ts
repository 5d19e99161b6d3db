export { defineJob } from './define-job.ts'
export { MemoryQueue, memoryQueue } from './memory.ts'
export type { MemoryQueueOptions } from './memory-options.ts'
export type * from './port.ts'
