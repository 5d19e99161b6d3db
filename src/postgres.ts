export type { PostgresScope } from './postgres/catalog.ts'
export {
  type PostgresResetOptions,
  type PostgresSnapshotOptions,
  postgresReset,
  postgresSnapshot,
  type SnapshotRow,
} from './postgres/index.ts'
export type { PostgresClient } from './queue/adapters/postgres-client.ts'
