import { createRequire } from 'node:module'
import { plainUrl } from './node-modules.ts'

type Library = typeof import('source-map-support')
type Position = { line: number; column: number }
type Prepare = (error: Error, frames: NodeJS.CallSite[]) => unknown

/** By what V8 calls the script: the URL of an ES module, the path of a CommonJS one. */
const keys = new Map<string, string>()
/** Maps that were not parsed yet, as JSON. */
const maps = new Map<string, string>()
let loads = 0
let library: Library | undefined

/** Keeps the map of a script that was changed on loading; it is parsed when a stack first needs it. */
export function keepMap(scripts: readonly string[], map: string): void {
  // The library parses what it is asked for once and for all: a file that is loaded again gets a key of its own.
  const key = `${scripts[0]}#${++loads}`
  maps.set(key, map)
  for (const script of scripts) keys.set(script, key)
}

/** A script that is another instance of one whose map is known. */
export function shareMap(script: string, known: string): void {
  const key = keys.get(known)
  if (key !== undefined) keys.set(script, key)
}

/**
 * Gives the stacks of errors the positions of the user's source. V8's own text of each frame stays and only
 * `:line:column` is replaced, by what source-map-support says; its own rendering would lose `async`, static class
 * names and private names.
 * Where Node itself maps (`--enable-source-maps`), it goes on from these positions.
 */
export function installStackMaps(): void {
  const before = Error.prepareStackTrace as Prepare | undefined
  const prepare: Prepare = before ?? ((error, frames) => [String(error), ...frames].join('\n    at '))
  Error.prepareStackTrace = (error, frames) => prepare(error, frames.map(mapped))
}

function mapped(frame: NodeJS.CallSite): NodeJS.CallSite {
  const source = frame.isEval() ? undefined : (frame.getFileName() ?? undefined)
  const line = frame.getLineNumber()
  const column = frame.getColumnNumber()
  if (source === undefined || line === null || column === null) return frame
  const file = plainUrl(source)
  const origin = originOf(source, line, column) ?? (file === source ? undefined : { line, column })
  if (origin === undefined) return frame
  const text = frame
    .toString()
    .replace(`${source}:${line}:${column}`, `${file}:${origin.line}:${origin.column}`)
  return new Proxy(frame, {
    get(target, name) {
      if (name === 'toString') return () => text
      if (name === 'getFileName') return () => file
      if (name === 'getLineNumber') return () => origin.line
      if (name === 'getColumnNumber') return () => origin.column
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function originOf(source: string, line: number, column: number): Position | undefined {
  const key = keys.get(source)
  if (key === undefined) return undefined
  library ??= loadLibrary()
  const position = { source: key, line, column: column - 1 }
  const origin = library.mapSourcePosition(position)
  return origin === position ? undefined : { line: origin.line, column: origin.column + 1 }
}

/**
 * A copy of its own, at the first stack that needs it (it takes 5 ms): what one copy retrieves and caches is shared
 * by all who use it, and the program may install it for its own files.
 */
function loadLibrary(): Library {
  const load = createRequire(import.meta.url)
  const file = load.resolve('source-map-support')
  const theirs = load.cache[file]
  const prepare = Error.prepareStackTrace
  delete load.cache[file]
  try {
    const ours = load(file) as Library
    ours.install({
      environment: 'node',
      handleUncaughtExceptions: false,
      hookRequire: false,
      overrideRetrieveSourceMap: true,
      retrieveSourceMap,
    })
    return ours
  } finally {
    Error.prepareStackTrace = prepare
    if (theirs === undefined) delete load.cache[file]
    else load.cache[file] = theirs
  }
}

function retrieveSourceMap(key: string): { map: string } | null {
  const map = maps.get(key)
  maps.delete(key)
  return map === undefined ? null : { map }
}
