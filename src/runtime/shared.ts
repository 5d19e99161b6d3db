import type { Place } from '../model/point.ts'
import type { Activation } from './activation.ts'

/** One instrumented source file, as its header registered it; see docs/decisions/0001-probes.md. */
export interface FileRecord {
  /** Relative to `root`, with `/`. */
  readonly path: string
  readonly root: string
  /** Of the source text. */
  readonly hash: string
  /** JSON, one row a place. */
  readonly table: string
  /** How many functions and statements comments left out; absent: none. */
  readonly ignored?: number
  /** One byte a place: not 0 where armed. */
  readonly s: Uint8Array
  /** The decoded table; use `placesOf`. */
  places?: readonly Place[]
  /** 1 for the awaits that are the last thing their function does; use `endsOf`. */
  ends?: Uint8Array
  /** 1 for the places in functions that use module variables; use `memoryOf`. */
  memory?: Uint8Array
  /** 1 for the values that a `for await` got; use `loopsOf`. */
  loops?: Uint8Array
  /** 1 for the awaits after which nothing of their function runs; use `lastsOf`. */
  lasts?: Uint8Array
  /** Not 0 for returns of a promise past a `catch`; use `passesOf`. */
  passes?: Uint8Array
  /** 1 for the returns of sync functions that were seen to return a promise, 2 for those that returned none. */
  promised?: Uint8Array
}

/** What the probes of instrumented code call; see `probes.ts`. */
export interface Probes {
  point(file: FileRecord, index: number, activation?: Activation, args?: unknown[]): boolean
  enter(): Activation | undefined
  awaiting(file: FileRecord, index: number, activation: Activation | undefined, awaited: unknown): unknown
  awaited(file: FileRecord, index: number, activation: Activation | undefined, value: unknown): unknown
  resumed(file: FileRecord, index: number, activation: Activation | undefined): boolean
  returning(file: FileRecord, index: number, activation: Activation | undefined, value: unknown): unknown
  returned(file: FileRecord, index: number, activation: Activation | undefined, value: unknown): unknown
  failed(file: FileRecord, index: number, error: unknown): unknown
  handling(activation: Activation): void
  timer(timer: unknown): unknown
}

/** The state of the runtime: one object a process, however many copies of the package are loaded. */
export interface SharedRuntime extends Partial<Probes> {
  /** By `path@hash`. A file registers itself when it is evaluated. */
  files: Record<string, FileRecord>
  /** The values of `files`, since they were listed last; use `registeredFiles`. */
  list?: FileRecord[] | undefined
  /** A run is under way: activations are tracked. */
  on: boolean
  /** How many runs are under way. */
  users?: number
  /** The activation whose code runs right now, as far as probes tell. */
  current?: Activation | undefined
  /** Branches are followed through library code, too; see `followed.ts`. */
  following?: boolean
  /** Grows with every await that settled: the watchdog's sign of life. */
  progress: number
  /** How a file is armed; absent: not at all. */
  armFile?: ((file: FileRecord) => void) | undefined
  /** The files that have been armed since. */
  dirty?: Set<FileRecord>
  /** Called for each file that registers. */
  registered?: ((file: FileRecord) => void) | undefined
}

const key = Symbol.for('faultline.runtime')
const holder = globalThis as { [key]?: SharedRuntime }

/** The one runtime of the process; instrumented code may have made the object before this module ran. */
export const shared: SharedRuntime = (holder[key] ??= { files: {}, on: false, progress: 0 })
shared.progress ??= 0

const observed = Symbol.for('faultline.runtime.observed')

/** Lets `shared.registered` and `shared.list` hear of every file that registers from now on. */
export function observeFiles(): void {
  const files = shared.files as Record<string | symbol, unknown>
  if (files[observed]) return
  Object.defineProperty(files, observed, { value: true })
  shared.list = undefined
  shared.files = new Proxy(shared.files, {
    set(target, path, record) {
      target[path as string] = record
      shared.list = undefined
      shared.registered?.(record)
      return true
    },
  })
}
