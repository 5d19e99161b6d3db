export { bypassed } from './bypassed.ts'
export { type CheckName, checks } from './checks.ts'
export type { Checked, Finding } from './finding.ts'
export { compareSnapshots, fixSnapshot } from './snapshot.ts'
