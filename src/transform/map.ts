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

/** What never begins a node in the texts that are inserted. */
const separators = new Set(' ().,;=&|?:')

/**
 * What is inserted as a statement is mapped to nothing, each word of it, or a lookup would find the next thing on
 * the line. Tools that combine maps keep only the first of several segments without a source, and none at the
 * start of a line: where lines stay as they are, separators are mapped, so that each word keeps its segment;
 * where a transpiler prints the code anew, our statements get lines of their own, and nothing there is mapped.
 */
function segmentsOf(
  { text, maps, offset }: Piece,
  column: number,
  lines: Lines,
  isKept: boolean,
): SourceMapSegment[] {
  if (maps === 'before') return []
  const start = lines.at(maps === 'nowhere' ? Math.max(0, offset - 1) : maps.start)
  if (maps !== 'nowhere') return [[column, 0, start.line - 1, start.column - 1]]
  return Array.from(text.matchAll(tokens), ({ 0: token, index }) => {
    if (!isKept || !separators.has(token)) return [column + index]
    return [column + index, 0, start.line - 1, start.column - 1]
  })
}
