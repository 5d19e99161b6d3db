/** Makes `Date` and the other globals ask the execution context; returns what takes it back. */
export type InstallGlobals = () => () => void

const key = Symbol.for('faultline.virtualGlobals')
const shared = globalThis as { [key]?: { install?: InstallGlobals } }

/** Where an entry puts what `clock/` does, for adapters of queues: their library's code runs in virtual time. */
export const virtualGlobals: { install?: InstallGlobals } = (shared[key] ??= {})
