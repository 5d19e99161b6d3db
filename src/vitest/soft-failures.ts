import type { TestContext } from 'vitest'

type Judge = (...args: never[]) => unknown

/** A setup, as far as something judges its runs. */
export interface Judged {
  readonly assertions: Judge | undefined
  readonly options: { readonly whenDead?: Judge }
}

/**
 * The same setup, in which `expect.soft` fails the scenario in which it failed: left to Vitest alone, it would fail the
 * test, and every scenario would count as survived.
 *
 * @param context of the test that runs now
 */
export function withSoftFailures<S extends Judged>(setup: S, context: () => TestContext | undefined): S {
  const { assertions, options } = setup
  const judging = (judge: Judge): Judge => {
    return async (...args) => {
      const known = context()?.task.result?.errors?.length ?? 0
      let verdict: unknown
      const thrown: unknown[] = []
      try {
        verdict = await judge(...args)
      } catch (error) {
        thrown.push(error)
      }
      const soft = takenBack(context(), known)
      if (soft.length > 0) throw together([...soft, ...thrown] as Error[])
      if (thrown.length > 0) throw thrown[0]
      return verdict
    }
  }
  return {
    ...setup,
    ...(assertions === undefined ? undefined : { assertions: judging(assertions) }),
    ...(options.whenDead === undefined
      ? undefined
      : { options: { ...options, whenDead: judging(options.whenDead) } }),
  }
}

/** Takes the failures of a run away from the test: they are those of one scenario, and the report tells them. */
function takenBack(context: TestContext | undefined, known: number): unknown[] {
  const result = context?.task.result
  const soft = result?.errors?.splice(known) ?? []
  if (result !== undefined && soft.length > 0 && known === 0) {
    result.state = 'run'
    delete result.errors
  }
  return soft
}

/** The first failure; the others are further lines of its message. */
function together(failures: readonly Error[]): Error {
  const { name, stack = '' } = failures[0]!
  const text = failures.map(({ message }) => message).join('\n')
  const error = Object.assign(new Error(text), { name })
  const frames = stack.indexOf('\n    at ')
  error.stack = `${name}: ${text}${frames < 0 ? '' : stack.slice(frames)}`
  return error
}
