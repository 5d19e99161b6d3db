import type { Place, PointKind, PointName } from '../model/point.ts'
import type { FileRecord } from './shared.ts'

const kinds: Record<string, PointKind> = { l: 'line', c: 'call', r: 'return', a: 'await' }

type NameRow = [kind: string, line: number, column: number, flags: number]
type Row = [kind: string, line: number, column: number, fn: string, flags: number, also?: NameRow[]]

/** The places of a file, decoded once. Flags: 1 can fail, 2 pausable, 4 not the first on its line, 16 of a `for await`. */
export function placesOf(file: Pick<FileRecord, 'path' | 'table' | 'places'>): readonly Place[] {
  return (file.places ??= (JSON.parse(file.table) as Row[]).map((row) => decode(file.path, row)))
}

function decode(path: string, [kind, line, column, fn, flags, also]: Row): Place {
  return {
    kind: kinds[kind]!,
    key: keyOf(path, kind, line, column, fn, flags),
    file: path,
    line,
    column,
    function: fn,
    canFail: (flags & 1) !== 0,
    pausable: (flags & 2) !== 0,
    also: (also ?? []).map((name): PointName => {
      const [kind, line, column, flags] = name
      return { kind: kinds[kind]!, key: keyOf(path, kind, line, column, fn, flags), line }
    }),
  }
}

function keyOf(path: string, kind: string, line: number, column: number, fn: string, flags: number): string {
  if (kind === 'c' || kind === 'r') return fn
  return flags & 4 ? `${path}:${line}:${column}` : `${path}:${line}`
}

/** Whether one of the names of a place is of this kind. */
export function isNamed({ kind, also }: Pick<Place, 'kind' | 'also'>, wanted: PointKind): boolean {
  return kind === wanted || also.some((name) => name.kind === wanted)
}

/** For each place 1 where its function uses module variables which functions change. */
export function memoryOf(file: FileRecord): Uint8Array {
  file.memory ??= Uint8Array.from(JSON.parse(file.table) as Row[], ([, , , , flags]) => (flags & 32 ? 1 : 0))
  return file.memory
}

/** For each place 1 where it is an await that its function returns from: nothing of the function runs after it. */
export function endsOf(file: FileRecord): Uint8Array {
  file.ends ??= Uint8Array.from(placesOf(file), ({ kind, also }) =>
    kind === 'await' && also.some((name) => name.kind === 'return') ? 1 : 0,
  )
  return file.ends
}

/** For each place 1 where it is an await after which nothing of its function runs, not even a `catch` or `finally`. */
export function lastsOf(file: FileRecord): Uint8Array {
  file.lasts ??= Uint8Array.from(JSON.parse(file.table) as Row[], ([kind, , , , , also]) =>
    kind === 'a' && also?.some(([kind, , , flags]) => kind === 'r' && (flags & 256) === 0) ? 1 : 0,
  )
  return file.lasts
}

/** For each place 1 where it is a value that a `for await` got: what it is given is looped over, not awaited. */
export function loopsOf(file: FileRecord): Uint8Array {
  file.loops ??= Uint8Array.from(JSON.parse(file.table) as Row[], ([, , , , flags]) =>
    (flags & 16) === 0 ? 0 : 1,
  )
  return file.loops
}

/** For each place 1 where it returns a promise past a `catch` that handles all, 2 past one that handles some. */
export function passesOf(file: FileRecord): Uint8Array {
  file.passes ??= Uint8Array.from(JSON.parse(file.table) as Row[], ([, , , , flags]) => (flags >> 6) & 3)
  return file.passes
}
