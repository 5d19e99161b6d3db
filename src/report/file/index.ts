export { type ReportFileParts, reportFileOf } from './from-reports.ts'
export { mergeReportFiles } from './merge.ts'
export { missingShards } from './merge-shards.ts'
export { type NotRun, notRun } from './not-run.ts'
export { parseReportFile } from './parse.ts'
export { type ReportedRace, raceEntryOf, raceSources } from './race-entry.ts'
export {
  type CauseEntry,
  type ErrorEntry,
  type EventEntry,
  type RaceEntry,
  type RaceFailureEntry,
  type RaceStepEntry,
  type RaceSummaryEntry,
  REPORT_SCHEMA,
  REPORT_VERSION,
  type ReportFile,
  type ScenarioEntry,
  type ShardEntry,
  type SimulationEntry,
} from './report-file.ts'
export { restoredSimulation, restoredSources } from './restore.ts'
export { serializeReportFile } from './serialize.ts'
export type { ReportedSimulation } from './simulation-entry.ts'
