export { type PostgresResetOptions, postgresReset } from './reset.ts'
export { type PostgresSnapshotOptions, postgresSnapshot, type SnapshotRow } from './snapshot.ts'
