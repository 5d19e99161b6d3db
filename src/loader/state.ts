import { environment, type LoaderState } from '../model/environment.ts'

const key: unique symbol = Symbol.for('faultline.loader') as never
const shared = globalThis as { [key]?: LoaderState }

/** What instruments the code of this process: the Vite plugin (by environment), `faultline/register`, or nothing. */
export function loaderState(): LoaderState | undefined {
  return shared[key] ?? environment().loader
}

/** Brands this process as instrumented by Node's own hooks; false where it already is, by any copy of the package. */
export function claimProcess(state: LoaderState): boolean {
  if (shared[key] !== undefined) return false
  shared[key] = state
  return true
}
