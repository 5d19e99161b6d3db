export { Activation, type CodePlace } from './activation.ts'
export { arm, armAll, armPlace, disarm, follow, registeredFiles, switchOff, switchOn } from './arming.ts'
export { type CallSite, callSite, siteIn } from './call-site.ts'
export { codeLine, codeLineAt } from './code-line.ts'
export { isCrashSignal } from './crash-signal.ts'
export {
  type Bypassed,
  Delivery,
  type DeliveryHost,
  type DeliveryIdentity,
  type LateReach,
  type Suspension,
} from './delivery.ts'
export { followBranches } from './followed.ts'
export { libraryOnStack } from './library-frames.ts'
export { type Mode, offMode, type QueuePointKind, type Strike } from './mode.ts'
export { GlitchMode, type Search } from './modes/glitch.ts'
export { InjectMode, type Target } from './modes/inject.ts'
export { type Granularity, type PauseHost, PauseMode } from './modes/pause.ts'
export { type Reached, RecordMode } from './modes/record.ts'
export { memoryOf, passesOf, placesOf } from './places.ts'
export { installProbes } from './probes.ts'
export { after, afterTurn, eventLoopTurn, every, realNowMs } from './real-time.ts'
export { type FileRecord, shared } from './shared.ts'
export { failedAt } from './started.ts'
export { stuckAt, suspended } from './suspended.ts'
export { guardUncaught } from './uncaught.ts'
