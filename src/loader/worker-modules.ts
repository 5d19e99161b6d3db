import { offeredModules, offerModules, type WorkerModules } from '../model/worker-modules.ts'
import { keeper, ownCode } from './own-code.ts'
import { loaderState } from './state.ts'
import { VitestModules, vitestWorker } from './vitest-modules.ts'

/** Gives each worker process its own instances of the modules that it loads; `undefined` where nothing can. */
export function workerModules(): WorkerModules | undefined {
  const state = loaderState()
  if (state?.kind === 'node') return offeredModules()
  const worker = vitestWorker()
  if (state === undefined || worker?.evaluatedModules === undefined) return undefined
  const known = offeredModules()
  // Without isolation, test files follow one another in the same process.
  if (known !== undefined && (known as VitestModules).filepath === worker.filepath) return known
  const modules = new VitestModules(worker, ownCode(state))
  offerModules(modules)
  return modules
}

/** Which files the option `keep` names. */
export function keptFiles(keep: readonly string[]): (file: string) => boolean {
  return keeper(keep, loaderState()?.root ?? process.cwd())
}
