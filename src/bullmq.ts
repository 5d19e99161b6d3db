import { installVirtualGlobals } from './clock/index.ts'
import { virtualGlobals } from './model/virtual-globals.ts'

virtualGlobals.install ??= installVirtualGlobals

export type { BullmqProcessor, BullmqQueueLike, BullmqWorker } from './queue/adapters/bullmq/driver.ts'
export type { WorkersOption } from './queue/adapters/bullmq/workers.ts'
export { type BullmqOptions, BullmqQueue, bullmqQueue } from './queue/adapters/bullmq.ts'
