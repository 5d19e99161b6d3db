import nodeCrypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { performance as nodePerformance } from 'node:perf_hooks'
import { execution } from '../model/context.ts'
import { observeIo } from './io-observer.ts'
import { uuidOf } from './random.ts'
import { makeVirtualDate } from './virtual-date.ts'

/** What `performance.now()` says at the start of a run: not 0, which code takes for "not set". */
const performanceStartMs = 1_000

let users = 0
let undo: (() => void) | undefined

/**
 * Makes `Date`, `performance.now`, `Math.random` and `crypto.randomUUID` ask the execution context: inside one,
 * virtual time and the seeded stream; outside, exactly the original. Returns what takes it back; nested calls
 * share one installation, and only what is still ours is taken back.
 *
 * @example
 * ```ts
 * const uninstall = installVirtualGlobals()
 * try { await execution.run({ clock, random }, () => job()) } finally { uninstall() }
 * ```
 */
export function installVirtualGlobals(): () => void {
  if (users++ === 0) undo = install()
  let done = false
  return () => {
    if (done) return
    done = true
    if (--users > 0) return
    undo?.()
    undo = undefined
  }
}

function install(): () => void {
  const restore: (() => void)[] = [observeIo()]
  const OriginalDate = globalThis.Date
  const VirtualDate = makeVirtualDate(OriginalDate)
  restore.push(replace(globalThis, 'Date', VirtualDate))
  restore.push(replace(OriginalDate.prototype, 'constructor', VirtualDate))
  restore.push(replace(Math, 'random', virtualRandom(Math.random)))
  for (const target of new Set([globalThis.performance, nodePerformance])) {
    restore.push(replace(target, 'now', virtualNow(target)))
  }
  for (const target of new Set([globalThis.crypto, nodeCrypto.webcrypto, nodeCrypto])) {
    restore.push(replace(target, 'randomUUID', virtualUuid(target as UuidMaker)))
  }
  syncBuiltinESMExports()
  return () => {
    for (const undoOne of restore.reverse()) undoOne()
    syncBuiltinESMExports()
  }
}

function virtualRandom(original: () => number): () => number {
  return function random() {
    const context = execution.getStore()
    return context === undefined ? original() : context.random()
  }
}

function virtualNow(target: { now(): number }): () => number {
  const original = target.now
  return function now() {
    const clock = execution.getStore()?.clock
    if (clock === undefined) return original.call(target)
    return performanceStartMs + clock.nowMs() - (clock.startMs ?? 0)
  }
}

interface UuidMaker {
  randomUUID(...args: never[]): string
}

function virtualUuid(target: UuidMaker): UuidMaker['randomUUID'] {
  const original = target.randomUUID
  return function randomUUID(...args: never[]) {
    const context = execution.getStore()
    return context === undefined ? original.apply(target, args) : uuidOf(context.random)
  }
}

/** Replaces a property's value; the result puts back what was there, unless somebody replaced ours. */
export function replace(target: object, key: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(target, key)
  const { configurable = true, enumerable = false } = before ?? {}
  Object.defineProperty(target, key, { value, configurable, enumerable, writable: true })
  return () => {
    if (Object.getOwnPropertyDescriptor(target, key)?.value !== value) return
    if (before === undefined) Reflect.deleteProperty(target, key)
    else Object.defineProperty(target, key, before)
  }
}
