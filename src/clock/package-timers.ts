import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers'
import promises from 'node:timers/promises'
import { getCallSites, promisify } from 'node:util'
import { execution } from '../model/context.ts'
import { replace } from './patch.ts'
import { virtualTimer } from './timers.ts'

type AnyFunction = (...args: unknown[]) => unknown

const setters = ['setTimeout', 'setInterval'] as const
const clearers = ['clearTimeout', 'clearInterval'] as const

/**
 * Makes the timers of some packages virtual inside of an execution context, as first-party code's are: the loader does not
 * see these packages, so the timer functions themselves look who calls them. What a package took hold of before (`const
 * sleep = promisify(setTimeout)` when it was loaded) stays real. Returns what takes it back.
 *
 * @param packages their names: `p-retry`, `@scope/name`
 * @example
 * ```ts
 * const restore = installPackageTimers(['p-retry'])
 * ```
 */
export function installPackageTimers(packages: readonly string[]): () => void {
  if (packages.length === 0) return () => {}
  const folders = packages.map((name) => `/node_modules/${name}/`)
  const restore: (() => void)[] = []
  for (const holder of [globalThis, timers] as object[]) {
    for (const name of setters) restore.push(lookAtCaller(holder, name, folders))
    for (const name of clearers) restore.push(replace(holder, name, virtualTimer(Reflect.get(holder, name))))
  }
  for (const name of setters) restore.push(lookAtCaller(promises, name, folders))
  restore.push(lookAtCaller(AbortSignal, 'timeout', folders))
  syncBuiltinESMExports()
  return () => {
    for (const undo of restore.reverse()) undo()
    syncBuiltinESMExports()
  }
}

function lookAtCaller(holder: object, name: string, folders: readonly string[]): () => void {
  const original = Reflect.get(holder, name) as AnyFunction & { [promisify.custom]?: AnyFunction }
  const virtual = virtualTimer(original) as typeof original
  const wrap = (plain: AnyFunction, inContext: AnyFunction): AnyFunction => {
    const either = function (this: unknown, ...args: unknown[]): unknown {
      const isTheirs = execution.getStore() !== undefined && calledFrom(folders)
      return (isTheirs ? inContext : plain).apply(this, args)
    }
    return Object.defineProperty(either, 'name', { value: plain.name })
  }
  const replacement = wrap(original, virtual)
  const [plain, custom] = [original[promisify.custom], virtual[promisify.custom]]
  if (plain !== undefined && custom !== undefined)
    Object.defineProperty(replacement, promisify.custom, { value: wrap(plain, custom), enumerable: true })
  return replace(holder, name, replacement)
}

/** Whether the code that called the timer function is in one of these folders. */
function calledFrom(folders: readonly string[]): boolean {
  // This function, the replacement, its caller.
  const file = getCallSites(3)[2]?.scriptName.replaceAll('\\', '/') ?? ''
  return folders.some((folder) => file.includes(folder))
}
