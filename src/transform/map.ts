import { encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec'
import type { Piece } from './edits.ts'
import type { Lines } from './lines.ts'

/** A source map of version 3. */
export interface EncodedSourceMap {
  readonly version: 3
  readonly sources: string[]
  readonly sourcesContent: string[]
  readonly names: string[]
  readonly mappings: string
}

const tokens = /[\w$\u0080-\uffff]+|[^\S\n]+|[^\w\s]|\n/g

/** What a map is made of. */
export interface MapInput {
  readonly source: string
  readonly lines: Lines
  readonly pieces: readonly Piece[]
  /** The absolute path of the source. */
  readonly absolute: string
}

/** The map of a source with insertions: every token at its own place. */
export function mapEdits({ source, lines, pieces, absolute }: MapInput): EncodedSourceMap {
  const isKept = /\.[cm]?js$/.test(absolute)
  const mapped: SourceMapSegment[][] = [[]]
  let segments = mapped[0]!
  let column = 0
  let shift = 0
  let next = 0
  const insertionsUpTo = (offset: number): void => {
    for (let piece = pieces[next]; piece !== undefined && piece.offset <= offset; piece = pieces[++next]) {
      segments.push(...segmentsOf(piece, column + shift, lines, isKept))
      shift += piece.text.length
    }
  }
  for (const { 0: token, index } of source.matchAll(tokens)) {
    insertionsUpTo(index)
    segments.push([column + shift, 0, mapped.length - 1, column])
    if (token === '\n') {
      segments = []
      mapped.push(segments)
      column = 0
      shift = 0
    } else column += token.length
  }
  insertionsUpTo(source.length)
  const mappings = encode(mapped)
  return { version: 3, sources: [absolute], sourcesContent: [source], names: [], mappings }
}

/** What never begins a node that is counted, in the texts that are inserted. */
const separators = new Set(' (){}.,;=&|?:')

/** As tokens of the source, but a string is one: the table is long. */
const insertedTokens = /"(?:[^"\\]|\\.)*"|[\w$\u0080-\uffff]+|[^\S\n]+|[^\w\s]/g

/**
 * What is inserted as a statement is mapped to nothing. Where a transpiler prints the code anew, it gets lines of
 * its own, and one segment will do. Where lines stay as they are, each word has a segment, or a lookup would find
 * the next thing on the line; and since tools that combine maps keep only the first of several segments without a
 * source, the separators between are mapped, to the character before.
 */
function segmentsOf(
  { text, maps, offset }: Piece,
  column: number,
  lines: Lines,
  isKept: boolean,
): SourceMapSegment[] {
  if (maps === 'before') return []
  if (maps === 'nowhere' && !isKept) return [[column]]
  const start = lines.at(maps === 'nowhere' ? Math.max(0, offset - 1) : maps.start)
  if (maps !== 'nowhere') return [[column, 0, start.line - 1, start.column - 1]]
  return Array.from(text.matchAll(insertedTokens), ({ 0: token, index }) => {
    if (!separators.has(token)) return [column + index]
    return [column + index, 0, start.line - 1, start.column - 1]
  })
}
