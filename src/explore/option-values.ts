import { type CheckName, checks } from '../oracle/index.ts'
import { bad, kind, unknownName } from './bad-option.ts'
import type { SimulationOptions } from './options.ts'

const checkNames = Object.keys(checks) as CheckName[]

/** Which built-in checks are on: each by its name. */
export function checkChecks(given: unknown): void {
  if (given === undefined) return
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw bad(`checks: received ${kind(given)}; allowed is an object such as { drained: false }.`)
  }
  for (const [name, value] of Object.entries(given)) {
    if (!checkNames.includes(name as CheckName)) throw unknownName('check', name, checkNames)
    if (value !== undefined && typeof value !== 'boolean')
      throw bad(`checks.${name}: received ${kind(value)}; allowed are true and false.`)
  }
}

/** The name stands in titles and in replay tokens. */
export function checkName(given: unknown): void {
  if (given === undefined || (typeof given === 'string' && given.trim() !== '')) return
  throw bad(`name: received ${kind(given)}; allowed is a text that is not empty.`)
}

/** What registers something under a name takes it first. */
export function checkFirstName(given: unknown, call: string): void {
  if (typeof given === 'string' && given.trim() !== '') return
  throw bad(`${call} takes a name first: received ${kind(given)}; allowed is a text that is not empty.`)
}

/** Options that count something, and options that are a time in milliseconds. */
export function checkNumbers(
  options: Pick<SimulationOptions, 'maxScenarios' | 'maxDeliveries' | 'hangAfterMs' | 'budgetMs'>,
): void {
  for (const name of ['maxScenarios', 'maxDeliveries'] as const) {
    const value: unknown = options[name]
    if (value === undefined || value === Number.POSITIVE_INFINITY) continue
    if (!(Number.isSafeInteger(value) && (value as number) >= 1))
      throw bad(`${name}: received ${kind(value)}; allowed is a whole number ≥ 1.`)
  }
  for (const name of ['hangAfterMs', 'budgetMs'] as const) {
    const value: unknown = options[name]
    if (value !== undefined && !(typeof value === 'number' && value > 0))
      throw bad(`${name}: received ${kind(value)}; allowed is a number > 0.`)
  }
}

/** Modules that stay in memory. */
export function checkKeep(given: unknown): void {
  if (given === undefined) return
  if (Array.isArray(given) && given.every((one) => typeof one === 'string' && one !== '')) return
  throw bad(
    `keep: received ${kind(given)}; allowed is a list of files, folders, globs or names of packages, such as ['src/db.ts'].`,
  )
}

/** Which crashes count as the same. */
export function checkPrune(prune: unknown): void {
  if (prune === undefined) return
  const { state, verify, ...others } = (typeof prune === 'object' ? (prune ?? {}) : {}) as Record<
    string,
    unknown
  >
  const isKnown = Object.keys(others).length === 0 && (verify === undefined || typeof verify === 'boolean')
  if (typeof state === 'function' && isKnown) return
  throw bad(
    `prune: received ${kind(prune)}; allowed is { state: (world) => everything that outlives the process, verify?: boolean }.`,
  )
}

/** Packages are named as they are imported. */
export function checkVirtualTimers(given: unknown): void {
  const isName = (name: unknown): boolean =>
    typeof name === 'string' && /^(?:@[^/\\\s]+\/)?[^/\\\s@]+$/.test(name)
  if (given === undefined || (Array.isArray(given) && given.every(isName))) return
  throw bad(
    `virtualTimers: received ${kind(given)}; allowed is a list of names of packages, such as ['p-retry'].`,
  )
}
