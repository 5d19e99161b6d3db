import { SourceMap, type SourceMapPayload } from 'node:module'
import { fileURLToPath } from 'node:url'

/** A version 3 source map, as text or parsed. */
type RawMap = string | SourceMapPayload
type Position = { line: number; column: number }
type Prepare = (error: Error, frames: NodeJS.CallSite[]) => unknown

const maps = new Map<string, RawMap | SourceMap>()

/** Keeps the map of a file that was changed on loading; it is parsed when a stack first needs it. */
export function keepMap(file: string, map: RawMap): void {
  maps.set(file, map)
}

/**
 * Gives the stacks of errors the positions of the user's source. V8's own text of each frame stays and only
 * `:line:column` is replaced: re-rendering frames, as source-map-support does, loses `async` and class names.
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
  const origin = originOf(source, line, column)
  if (origin === undefined) return frame
  const text = frame
    .toString()
    .replace(`${source}:${line}:${column}`, `${source}:${origin.line}:${origin.column}`)
  return new Proxy(frame, {
    get(target, name) {
      if (name === 'toString') return () => text
      if (name === 'getLineNumber') return () => origin.line
      if (name === 'getColumnNumber') return () => origin.column
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function originOf(source: string, line: number, column: number): Position | undefined {
  const file = source.startsWith('file:') ? fileURLToPath(source) : source
  const kept = maps.get(file)
  if (kept === undefined) return undefined
  const map = kept instanceof SourceMap ? kept : parsed(kept)
  maps.set(file, map)
  const origin = map.findOrigin(line, column)
  if (!('lineNumber' in origin)) return undefined
  return { line: origin.lineNumber, column: origin.columnNumber }
}

function parsed(raw: RawMap): SourceMap {
  return new SourceMap(typeof raw === 'string' ? (JSON.parse(raw) as SourceMapPayload) : raw)
}
