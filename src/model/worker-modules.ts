/** What a worker process loaded. */
export interface LoadedCode {
  /** What `load` resolved to. */
  readonly code: unknown
  /** It is the worker's own; false where others hold the module, so that it stayed in memory. */
  readonly own: boolean
}

/**
 * The module memory of worker processes, as far as the loader that runs this process can give each its own: the
 * modules that workers loaded are evaluated anew for each, those that were there before stay.
 */
export interface WorkerModules {
  /** A run begins: the workers of earlier ones are gone. `keeps` says which files stay in memory all the same. */
  begin(keeps: (file: string) => boolean): void
  /** Calls `load`; what it imports is the worker's own. */
  load(worker: string, load: () => unknown): Promise<LoadedCode>
}

const key: unique symbol = Symbol.for('faultline.workers') as never
const holder = globalThis as { [key]?: WorkerModules | undefined }

/** What the loader of this process offers, whichever copy of the package it belongs to. */
export function offeredModules(): WorkerModules | undefined {
  return holder[key]
}

/** Offers the module memory of this process to every copy of the package. */
export function offerModules(modules: WorkerModules): void {
  holder[key] = modules
}
