import { execution } from '../model/context.ts'
import { FaultlineError } from '../model/error.ts'

const key = Symbol.for('faultline.exclusive')
const holder = globalThis as { [key]?: Promise<unknown> }

/**
 * One simulation at a time in a process: what is armed, the virtual globals and the guards are shared by all.
 * Others wait for their turn.
 */
export async function exclusively<T>(what: string, body: () => Promise<T>): Promise<T> {
  if (execution.getStore() !== undefined) {
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
    return await body()
  } finally {
    resolve()
    if (holder[key] === turn) delete holder[key]
  }
}
