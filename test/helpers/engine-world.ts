import { EventEmitter } from 'node:events'
import { execution } from '../../src/model/context.ts'
import type { Delivery } from '../../src/runtime/index.ts'

const { setImmediate: realImmediate, setTimeout: realTimeout } = globalThis

/** One thing that code under test did, and which delivery did it: 0 where none is. */
export interface Entry {
  readonly delivery: number
  readonly what: string
}

/** What is outside of the code under test: never instrumented, it remembers who did what. */
export class World {
  readonly log: Entry[] = []
  /** What library code did by itself when its caller failed. */
  readonly library: string[] = []
  readonly events = new EventEmitter()

  /** A synchronous effect. */
  readonly effect = (what: string): string => {
    const delivery = execution.getStore()?.delivery as Delivery | undefined
    this.log.push({ delivery: delivery?.identity.ordinal ?? 0, what })
    return what
  }

  /** An effect that happens at once and is acknowledged some turns of the event loop later. */
  readonly io = async (what: string, turns = 1): Promise<string> => {
    this.effect(what)
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => realImmediate(resolve))
    return what
  }

  /** The same, acknowledged with an error. */
  readonly fails = async (what: string, turns = 1): Promise<never> => {
    await this.io(what, turns)
    throw new Error(what)
  }

  /** An effect that is acknowledged after a real time. */
  readonly slow = async (what: string, delayMs: number): Promise<string> => {
    this.effect(what)
    await new Promise((resolve) => realTimeout(resolve, delayMs))
    return what
  }

  /** The same, acknowledged with an error. */
  readonly slowlyFails = async (what: string, delayMs: number): Promise<never> => {
    await this.slow(what, delayMs)
    throw new Error(what)
  }

  /** What one delivery did, in order. */
  of(delivery: number): string {
    return this.log
      .filter((entry) => entry.delivery === delivery)
      .map((entry) => entry.what)
      .join(' ')
  }

  /** A library that takes no failure for an answer. */
  readonly swallow = async (body: () => Promise<unknown>): Promise<void> => {
    try {
      await body()
    } catch {}
  }

  /** A transaction helper as libraries write it: begins, commits, rolls back. */
  readonly transaction = async <T>(body: () => Promise<T>): Promise<T> => {
    try {
      const value = await body()
      this.effect('commit')
      return value
    } catch (error) {
      this.library.push('rollback')
      throw error
    }
  }
}

/** p-limit, in few lines: library code that calls back. */
export function limiter(concurrency: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let active = 0
  const next = (): void => {
    active--
    waiting.shift()?.()
  }
  return (task) =>
    new Promise((resolve) => {
      const start = (): void => {
        active++
        const result = (async () => task())()
        resolve(result)
        result.then(next, next)
      }
      if (active < concurrency) start()
      else waiting.push(start)
    })
}
