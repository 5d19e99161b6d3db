import { AsyncLocalStorage } from 'node:async_hooks'
import { execution } from '../model/context.ts'
import { FaultlineError } from '../model/error.ts'

const key = Symbol.for('faultline.exclusive')
const insideKey = Symbol.for('faultline.inside')
const holder = globalThis as { [key]?: Promise<unknown>; [insideKey]?: AsyncLocalStorage<true> }
/** Tells what a run calls (`boot`, `onCrash` …) from what waits beside it. */
const inside = (holder[insideKey] ??= new AsyncLocalStorage())

/**
 * One simulation at a time in a process: what is armed, the virtual globals and the guards are shared by all.
 * Others wait for their turn.
 */
export async function exclusively<T>(what: string, body: () => Promise<T>): Promise<T> {
  if (execution.getStore() !== undefined || inside.getStore()) {
    throw new FaultlineError('FAULTLINE_NESTED', {
      message: `${what} was called inside of a run: from a job, from its set-up or from its assertions.`,
      hint: 'Run one simulation after the other.',
    })
  }
  const before = holder[key] ?? Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  const turn = before.then(() => promise)
  holder[key] = turn
  await before
  try {
    return await inside.run(true, body)
  } finally {
    resolve()
    if (holder[key] === turn) delete holder[key]
  }
}
