import type { Job, JobHelpers, Task, TaskList, TaskSpec } from 'graphile-worker'

export type { Job, JobHelpers, Task, TaskList, TaskSpec }

/** The part of a `pg` client or pool that runs SQL. */
export interface SqlClient {
  query(
    query: string | { text: string; values?: unknown[] | undefined },
    values?: unknown[],
  ): Promise<{ rows: Record<string, unknown>[]; rowCount?: number | null }>
}

/** A pool of `pg`, or a PGlite. */
export interface SqlPool extends SqlClient {
  connect?(): Promise<SqlClient & { release(): void }>
}
