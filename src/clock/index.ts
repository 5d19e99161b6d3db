export { installVirtualGlobals } from './patch.ts'
export { seededRandom } from './random.ts'
export { type ClockTime, VirtualClock, type VirtualClockOptions } from './virtual-clock.ts'
export { VirtualTimer } from './virtual-timer.ts'
