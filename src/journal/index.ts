export { type Journal, journal } from './journal.ts'
export { createSwitch, type Switch } from './switch.ts'
