import type { Db, JobResult, JobWithMetadata, PgBoss, Schedule, SendOptions, WorkOptions } from 'pg-boss'

export type { Db, JobResult, JobWithMetadata, PgBoss, Schedule, SendOptions, WorkOptions }

/** What an application gave to `boss.work`. */
export type BossHandler = {
  // A method: what a handler takes may be narrower than this. And jobs hold data of every kind.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  handle(jobs: JobWithMetadata<any>[], tx?: any): unknown
}['handle']

/** The part of the pool in pg-boss that tells where it connects to. */
export interface BossDb extends Db {
  readonly config?: { readonly host?: string; readonly port?: number; readonly connectionString?: string }
}

/** A transaction of pg-boss, for workers with `transactional: true`. */
export interface BossTransaction {
  readonly db: Db
  commit(): Promise<void>
  rollback(): Promise<void>
}

/** What a `boss.work` call registered. */
export interface Registered {
  readonly name: string
  readonly options: WorkOptions
  readonly handler: (jobs: unknown[], tx?: Db) => unknown
}
