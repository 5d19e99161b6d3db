import { isDeepStrictEqual } from 'node:util'

/** See {@link journal}. */
export interface Journal {
  /**
   * Writes an item down once: a second one that equals it, member by member, is dropped. Without an item it
   * writes down a number that is not there yet, so it counts every time. The scope is `'default'` by default.
   */
  log(item?: unknown, scope?: string): void
  /** Writes an item down every time; without an item, `true`. */
  push(item?: unknown, scope?: string): void
  /** What was written down, in order; a copy. */
  entries(scope?: string): unknown[]
  /** How many items were written down. */
  size(scope?: string): number
  /** The item that was written down first; undefined where there is none. */
  top(scope?: string): unknown
  /** Forgets one scope, or without one all of them. */
  reset(scope?: string): void
}

/**
 * A notebook for tests: jobs write down what they did, assertions read it. `log` is for effects that may happen
 * more than once without harm; `push` counts every time, so it shows what happened twice.
 *
 * @example
 * ```ts
 * const mails = journal()
 * const job = defineJob<{ to: string }>({ name: 'mail', perform: ({ to }) => mails.push(to) })
 * await runSimulation(job.with({ to: 'a@b.c' }), () => mails.size() === 1, { setup: () => mails.reset() })
 * ```
 */
export function journal(): Journal {
  const scopes = new Map<string, unknown[]>()
  const of = (scope: string): unknown[] => scopes.get(scope) ?? []
  const push = (item: unknown = true, scope = 'default'): void => {
    const items = scopes.get(scope)
    if (items === undefined) scopes.set(scope, [item])
    else items.push(item)
  }
  return {
    log(item, scope = 'default') {
      const items = of(scope)
      if (item === undefined) push(nextNumber(items), scope)
      else if (!items.some((known) => isDeepStrictEqual(known, item))) push(item, scope)
    },
    push,
    entries: (scope = 'default') => [...of(scope)],
    size: (scope = 'default') => of(scope).length,
    top: (scope = 'default') => of(scope)[0],
    reset(scope) {
      if (scope === undefined) scopes.clear()
      else scopes.delete(scope)
    },
  }
}

function nextNumber(items: readonly unknown[]): number {
  return items.reduce<number>((most, item) => (typeof item === 'number' && item > most ? item : most), 0) + 1
}
