import { encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec'
import type { Edit } from './edits.ts'

/** A source map of version 3. */
export interface EncodedSourceMap {
  readonly version: 3
  readonly sources: string[]
  readonly sourcesContent: string[]
  readonly names: string[]
  readonly mappings: string
}

const token = /[\w$\u0080-\uffff]+|[^\S\n]+|[^\w\s]|\n/g

/**
 * The map of a source with insertions: every token at its own place, every insertion at none, so that coverage
 * takes no notice of it.
 */
export function mapEdits(source: string, edits: readonly Edit[], absolute: string): EncodedSourceMap {
  const lines: SourceMapSegment[][] = [[]]
  let segments = lines[0]!
  let line = 0
  let column = 0
  let shift = 0
  let next = 0
  const insertionsUpTo = (offset: number): void => {
    for (let edit = edits[next]; edit !== undefined && edit.offset <= offset; edit = edits[++next]) {
      segments.push([column + shift])
      shift += edit.text.length
    }
  }
  token.lastIndex = 0
  for (let match = token.exec(source); match !== null; match = token.exec(source)) {
    insertionsUpTo(match.index)
    segments.push([column + shift, 0, line, column])
    if (match[0] === '\n') {
      segments = []
      lines.push(segments)
      line++
      column = 0
      shift = 0
    } else column += match[0].length
  }
  insertionsUpTo(source.length)
  const mappings = encode(lines)
  return { version: 3, sources: [absolute], sourcesContent: [source], names: [], mappings }
}
