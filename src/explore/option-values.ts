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
