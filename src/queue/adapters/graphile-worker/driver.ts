import type { Job, JobHelpers, ParsedCronItem, Task, TaskList, TaskSpec } from 'graphile-worker'

export type { Job, JobHelpers, ParsedCronItem, Task, TaskList, TaskSpec }

/** graphile-worker itself, loaded when it is needed. */
export type GraphileWorker = typeof import('graphile-worker')

/** What a statement comes to. */
export interface SqlResult {
  readonly rows: Record<string, unknown>[]
  readonly rowCount?: number | null
}

/** A statement as the library hands it to `pg`. */
export interface SqlQuery {
  readonly text: string
  readonly values?: unknown[] | undefined
  readonly name?: string | undefined
}

/** The part of a `pg` client that runs SQL. */
export interface SqlClient {
  query(query: string | SqlQuery, values?: unknown[]): Promise<SqlResult>
}

/** A connection that was checked out. */
export interface SqlConnection extends SqlClient {
  release(error?: unknown): void
}

/** The part of a `pg` pool that is needed. */
export interface SqlPool extends SqlClient {
  connect(): Promise<SqlConnection>
}
