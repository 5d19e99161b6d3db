import { AsyncLocalStorage } from 'node:async_hooks'
import { execution } from '../model/context.ts'
import { FaultlineError } from '../model/error.ts'
import { after } from '../runtime/index.ts'

const key = Symbol.for('faultline.exclusive')
const insideKey = Symbol.for('faultline.inside')
const holder = globalThis as { [key]?: Promise<unknown>; [insideKey]?: AsyncLocalStorage<true> }
/** Tells what a run calls (`boot`, `onCrash` …) from what waits beside it. */
const inside = (holder[insideKey] ??= new AsyncLocalStorage())

/** Real time that one waits for its turn before it says so. */
const sayAfterMs = 4_000

/**
 * One simulation at a time in a process: what is armed, the virtual globals and the guards are shared by all.
 * Others wait for their turn, unless `signal` aborts: whoever asked for them is gone then.
 */
export async function exclusively<T>(what: string, body: () => Promise<T>, signal?: AbortSignal): Promise<T> {
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
  void turn.then(() => {
    if (holder[key] === turn) delete holder[key]
  })
  try {
    await turnOf(what, before, signal)
    return await inside.run(true, body)
  } catch (error) {
    throw signal?.aborted && error === signal.reason ? cancelled(`${what} was cancelled.`, error) : error
  } finally {
    resolve()
  }
}

/** Until it is the turn of this one. */
async function turnOf(
  what: string,
  before: Promise<unknown>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { promise: gone, reject } = Promise.withResolvers<never>()
  const giveUp = (): void => reject(cancelled(`${what} was cancelled before it began.`, signal!.reason))
  signal?.addEventListener('abort', giveUp, { once: true })
  if (signal?.aborted) giveUp()
  const quiet = after(sayAfterMs, () => void process.stderr.write(waiting(what)))
  try {
    await Promise.race([gone, before])
  } finally {
    quiet()
    signal?.removeEventListener('abort', giveUp)
  }
}

function waiting(what: string): string {
  return (
    `faultline: ${what} waits for its turn: another one still runs in this process.\n` +
    '  hint: A test that was cut off by its timeout does not end what it started; give it the signal of the test, such as ' +
    "Vitest's: test('…', ({ signal }) => runRaces(works, assertions, { signal })).\n"
  )
}

function cancelled(message: string, reason: unknown): FaultlineError {
  return new FaultlineError('FAULTLINE_ABORTED', { message, cause: reason })
}
