import type { Place, PointKind } from '../model/point.ts'
import type { FaultName } from '../model/result.ts'
import type { Activation, Delivery } from '../runtime/index.ts'

/** Where an `error` may strike; see the option `errors`. */
export type ErrorPolicy = 'where-possible' | 'everywhere'

/** What a fault may need to know of the job at whose point it would strike. */
export interface JobFacts {
  readonly timeoutMs?: number
  /** A request handler: it is in no queue. */
  readonly once?: true
  /** At the point after an enqueue: the new job may start right then. */
  readonly dueNow?: boolean
  /** The code there uses module variables, which two workers of the simulation share. */
  readonly sharesMemory?: boolean
}

/** Where a fault is about to strike. */
export interface Site {
  readonly place: Place
  readonly delivery: Delivery
  readonly activation: Activation
  /** The code can be held: it awaits `activation.w`. */
  readonly canHold: boolean
}

/**
 * What happens at a point. A kind of fault is one file that makes these, and one line in `kinds.ts`.
 *
 * @example
 * ```ts
 * const fault: Fault = crash()
 * ```
 */
export interface Fault {
  readonly [faultBrand]: true
  readonly name: FaultName
  /** Tells faults of one family apart, in ids: `delay:26h`. */
  readonly variant?: string
  /** The only points that it is meant for, by kind or by a filter; every one of a delivery, where absent. */
  readonly sites?: readonly PointKind[] | ((place: Place) => boolean)
  /** What the queue must be able to do. */
  readonly needs?: 'duplicate' | 'claimJob' | 'parallel'
  /** Why it can strike nowhere, where none of its sites was reached. */
  readonly nowhere?: string
  /** It strikes again whenever the job comes there, on every attempt; its `onDead` is spared. */
  readonly permanent?: boolean
  /** Why it cannot strike there; `undefined`: it can. */
  obstacle(place: Place, policy: ErrorPolicy, facts?: JobFacts): string | undefined
  /** Strikes: throws into the code, kills its delivery, or (true) holds it until `activation.w` settles. */
  strike(site: Site): boolean
  /** Why nothing came of its strike, where it had to wait for its moment. */
  idle?(delivery: Delivery): string | undefined
  /** Where it takes its time: replaces what is awaited. */
  holdAwait?(delivery: Delivery, awaited: unknown): unknown
}

export const faultBrand: unique symbol = Symbol.for('faultline.fault') as never

/** Whether code can be held there: at a return its value is on its way already. */
export function canHoldAt({ pausable, kind, also }: Place): boolean {
  return pausable && (kind !== 'return' || also.some((name) => name.kind === 'await'))
}

/** Whether the event loop had its turn just before. */
export function followsAwait({ kind, also }: Place): boolean {
  return kind === 'await' || also.some((name) => name.kind === 'await')
}

/** Whether a value is a {@link Fault}, of any loaded copy of the package. */
export function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && faultBrand in value
}
