import './index.ts'

export type { PgBossQueueOptions } from './queue/adapters/pg-boss/boss-setup.ts'
export { PgBossQueue, pgBossQueue } from './queue/adapters/pg-boss/pg-boss-queue.ts'
