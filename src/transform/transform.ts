import { resolve } from 'node:path'
import type { Program } from 'oxc-parser'
import { FaultlineError } from '../model/error.ts'
import type { PlaceRow } from '../model/place-row.ts'
import { applyEdits, type Edit, editsOf, type Piece } from './edits.ts'
import { header, isInstrumented } from './header.ts'
import { ignoresFile } from './ignore.ts'
import { Lines } from './lines.ts'
import { makersOnly } from './makers.ts'
import { type EncodedSourceMap, mapEdits } from './map.ts'
import { moduleMemory } from './module-memory.ts'
import { type Parsed, parse } from './parse.ts'
import { markMemory, tabulate } from './places.ts'
import { SourceFile } from './source-file.ts'
import { type Selection, Walker } from './walk.ts'

/** What a transformation is told about its file. */
export interface TransformOptions {
  /** Relative to the root, with `/`; it becomes part of the keys of points. */
  readonly file: string
  /** The absolute path of the project's root. */
  readonly root: string
  /** `makers`: only functions written in a call of Faultline's own makers. Default `whole`. */
  readonly scope?: 'whole' | 'makers'
  /** By default `.cjs` and `.cts` are CommonJS and everything else is a module. */
  readonly sourceType?: 'module' | 'commonjs'
}

/** Instrumented code. */
export interface TransformResult {
  readonly code: string
  readonly map: EncodedSourceMap
  /** The table that the header carries. */
  readonly points: PlaceRow[]
  /** How many functions and statements comments left out; 1 for a whole file. */
  readonly ignored: number
  /** What was inserted, in the order of the source. */
  readonly edits: readonly Edit[]
  /** One instance of the module is as good as another: it holds nothing that could change. */
  readonly stateless: boolean
}

/**
 * Inserts the probes into a source text; see docs/decisions/0001-probes.md. Undefined where there is nothing to
 * insert; what comments left out is in the header, even where nothing else is.
 *
 * @example
 * ```ts
 * transform('export function f() { g() }', { file: 'src/f.ts', root: '/app' })?.code
 * ```
 * @throws FaultlineError FAULTLINE_PARSE
 */
export function transform(source: string, options: TransformOptions): TransformResult | undefined {
  const { file, root } = options
  if (/\.d\.[cm]?ts$/.test(file) || isInstrumented(source)) return undefined
  const { program, comments } = parse(source, file, options.sourceType ?? sourceTypeOf(file))
  const state = instrumented(source, { program, comments }, options)
  const lines = new Lines(source)
  const memory = moduleMemory(program, state.places.length > 0)
  if (options.scope !== 'makers') markMemory(state.places, memory.users)
  const points = tabulate(state.places, lines)
  const { prefix, used, ignoredCount: ignored } = state
  if (used.size === 0 && ignored === 0) return undefined
  const offset = headerOffset(program, source)
  // The directive in front may lack its semicolon.
  const separator = /['"]/.test(source[offset - 1] ?? '') ? ';' : ''
  const line = separator + header({ prefix, used, file, root, source, table: points, ignored })
  const pieces = withHeader(state.edits.render(), offset, line)
  const edits = editsOf(pieces)
  const map = mapEdits({ source, lines, pieces, absolute: resolve(root, file) })
  return { code: applyEdits(source, edits), map, points, ignored, edits, stateless: memory.stateless }
}

const everything: Selection = { includes: () => true, timersEverywhere: true }

function instrumented(source: string, { program, comments }: Parsed, options: TransformOptions): SourceFile {
  try {
    const seen = ignoresFile(comments) ? { ...program, body: [] } : program
    const state = new SourceFile(source, comments, seen)
    if (seen !== program) state.ignoredCount = 1
    new Walker(state, options.scope === 'makers' ? makersOnly(seen) : everything).walk(seen)
    return state
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new FaultlineError('FAULTLINE_PARSE', {
      message: `${options.file} is nested too deeply to be instrumented.`,
      hint: 'Leave it out with `exclude` or `/* faultline ignore file: reason */`.',
      cause: error,
    })
  }
}

function sourceTypeOf(file: string): 'module' | 'commonjs' {
  return /\.c[jt]s$/.test(file) ? 'commonjs' : 'module'
}

/** After the directives, else after the first line where that is a hashbang, else after a byte order mark. */
function headerOffset(program: Program, source: string): number {
  const directive = program.body.filter((node) => 'directive' in node && node.directive != null).at(-1)
  if (directive !== undefined) return directive.end
  const hashbang = /^#!.*(?:\r?\n|$)/.exec(source)
  if (hashbang !== null) return hashbang[0].length
  return source.startsWith('\uFEFF') ? 1 : 0
}

function withHeader(pieces: readonly Piece[], offset: number, line: string): Piece[] {
  const at = pieces.findIndex((piece) => piece.offset >= offset)
  const from = at === -1 ? pieces.length : at
  return [...pieces.slice(0, from), { offset, text: line, maps: 'nowhere' }, ...pieces.slice(from)]
}
