/** How a {@link stubRuntime} answers. */
export type StubMode =
  /** No run is under way. */
  | 'off'
  /** A run is under way, and nothing is armed. */
  | 'on'
  /** Everything is armed, and every answer lets the code go on with its own values. */
  | 'armed'
  /** As armed, but every place that can hold async code does so for some microtasks. */
  | 'held'

/** What the stub was asked, for tests of the calls themselves. */
export interface StubCall {
  readonly probe: string
  readonly index: number
  readonly activation: object | undefined
  readonly args?: readonly unknown[]
}

interface StubFile {
  readonly table: string
  readonly s: Uint8Array
}

/** A runtime that answers the probes as the real one does, without deliveries; `calls` records what it is asked. */
export interface StubRuntime {
  readonly files: Record<string, StubFile>
  readonly on: boolean
  readonly calls: StubCall[]
}

const key = Symbol.for('faultline.runtime')

/** Makes a stub; install it with {@link withRuntime}. */
export function stubRuntime(mode: StubMode): StubRuntime {
  const calls: StubCall[] = []
  const armed = mode === 'armed' || mode === 'held'
  const record = (probe: string, index: number, activation: object | undefined, args?: unknown[]): void => {
    calls.push(args === undefined ? { probe, index, activation } : { probe, index, activation, args })
  }
  const hold = (activation: { w?: unknown } | undefined): boolean => {
    if (mode !== 'held' || activation === undefined) return false
    activation.w = Promise.resolve()
    return true
  }
  const files = new Proxy({} as Record<string, StubFile>, {
    set(target, path, file: StubFile) {
      target[path as string] = file
      if (armed) file.s.fill(1)
      return true
    },
  })
  const probes = {
    point(_file: StubFile, index: number, activation?: object, args?: unknown[]): boolean {
      record('point', index, activation, args)
      return hold(activation)
    },
    enter: () => ({ w: undefined }),
    awaiting(_file: StubFile, index: number, activation: object | undefined, value: unknown): unknown {
      record('awaiting', index, activation)
      return value
    },
    awaited(_file: StubFile, index: number, activation: object | undefined, value: unknown): unknown {
      record('awaited', index, activation)
      return value
    },
    handling(activation: object): void {
      record('handling', -1, activation)
    },
    resumed(_file: StubFile, index: number, activation?: object): boolean {
      record('resumed', index, activation)
      return hold(activation)
    },
    returning(_file: StubFile, index: number, activation: object | undefined, value: unknown): unknown {
      record('returning', index, activation)
      return value
    },
    returned(_file: StubFile, index: number, activation: object | undefined, value: unknown): unknown {
      record('returned', index, activation)
      return value
    },
    timer: (value: unknown) => value,
  }
  return Object.assign(probes, { files, on: mode !== 'off', calls })
}

/** Evaluates code while the runtime is the stub: what is evaluated keeps it. */
export function withRuntime<T>(runtime: StubRuntime | undefined, evaluate: () => T): T {
  const holder = globalThis as { [key]?: unknown }
  const before = holder[key]
  holder[key] = runtime
  try {
    return evaluate()
  } finally {
    holder[key] = before
  }
}
