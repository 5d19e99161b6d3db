import { postgresProbe } from './postgres.ts'
import type { WaitProbe } from './probe.ts'

/** Every kind of server that can tell who waits for whom. */
export const waitProbes: readonly WaitProbe[] = [postgresProbe]

export type { ServerWait, WaitObserver, WaitProbe } from './probe.ts'
