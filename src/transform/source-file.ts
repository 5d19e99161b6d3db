import type { Comment, Node, Program } from 'oxc-parser'
import { startOf } from './ast.ts'
import type { Bypass } from './bypass.ts'
import { Edits } from './edits.ts'
import { hintOffset } from './hints.ts'
import { ignoredStarts } from './ignore.ts'
import { PlaceDraft, type PlaceName } from './places.ts'
import type { Scope } from './probe.ts'
import { type Settlers, settlersOf } from './settlers.ts'
import { TimerNames } from './timer-names.ts'

/** The functions of the header, by the last letter of their names. */
export type HeaderFunction = 't' | 'p' | 'c' | 'a' | 'w' | 'v' | 'b' | 'x' | 'y' | 'k' | 'u' | 'j'

/** The state of one transformation. */
export class SourceFile {
  readonly source: string
  readonly comments: readonly Comment[]
  /** What every inserted name begins with. */
  readonly prefix: string
  readonly edits: Edits = new Edits()
  readonly places: PlaceDraft[] = []
  readonly used: Set<HeaderFunction> = new Set()
  /** Statements and blocks whose place is another one's, or that were wrapped by another probe. */
  readonly taken: Set<Node> = new Set()
  /** The blocks of `try` statements. */
  readonly tryBlocks: Set<Node> = new Set()
  /** How many `try` statements of a function are open where the walk is. */
  readonly openTries: Map<Node | undefined, number> = new Map()
  /** Returns in `try` blocks, with what a promise of theirs passes by. */
  readonly bypasses: Map<Node, Bypass> = new Map()
  /** Returned values with a probe before them that fails through them, and where that stands. */
  readonly through: Map<Node, number> = new Map()
  /** The places of awaits that have further names. */
  readonly awaits: Map<Node, PlaceDraft> = new Map()
  /** By which names timers can be reached; none where the source mentions no timer. */
  readonly timers: TimerNames | undefined
  /** Expressions that are written to, and not read. */
  readonly targets: Set<Node> = new Set()
  /** What tells others of a result: calling it cannot fail. */
  readonly settlers: Settlers
  /** How many functions and statements a comment left out. */
  ignoredCount = 0
  readonly #commentEnds: ReadonlyMap<number, Comment>
  readonly #ignoredStarts: ReadonlySet<number>

  constructor(source: string, comments: readonly Comment[], program: Program) {
    this.source = source
    this.comments = comments
    this.prefix = freePrefix(source)
    this.settlers = settlersOf(source, program)
    this.timers = TimerNames.in(source, program)
    this.#commentEnds = new Map(comments.map((comment) => [comment.end, comment]))
    this.#ignoredStarts = ignoredStarts(source, comments)
  }

  /** The name of a function of the header, which is emitted then. */
  use(name: HeaderFunction): string {
    this.used.add(name)
    return this.prefix + name
  }

  /** A new place of the scope's function. */
  place(scope: Scope, ...names: PlaceName[]): PlaceDraft {
    const place = new PlaceDraft(scope.name, scope.async, names)
    this.places.push(place)
    return place
  }

  /** Whether an ignore comment leaves the node out. */
  isIgnored(node: Node): boolean {
    return this.#ignoredStarts.size > 0 && this.#ignoredStarts.has(startOf(node))
  }

  /** Where an insertion before the node goes: before a comment that is meant for the code after it. */
  before(node: Node): number {
    return hintOffset(this.source, startOf(node), this.#commentEnds)
  }

  /** A semicolon, where the insertion before a statement of a list ends the one in front of that. */
  separatorAt(offset: number, node: Node): string {
    return offset === startOf(node) || /[;{]/.test(this.source[offset - 1]!) ? '' : ';'
  }

  /** A space, where the insertion would otherwise run into the word in front of it. */
  spaceAt(offset: number): string {
    return /[\w$\u0080-\uffff]/.test(this.source[offset - 1] ?? '') ? ' ' : ''
  }
}

/** Unicode escapes may spell a name, too. */
function freePrefix(source: string): string {
  const text = source.includes('\\u') ? source + source.replace(/\\u\{?([\da-f]{2,6})\}?/gi, decode) : source
  let prefix = '$f'
  while (text.includes(prefix)) prefix += '_'
  return prefix
}

function decode(sequence: string, hex: string): string {
  const code = Number.parseInt(hex, 16)
  return code <= 0x10ffff ? String.fromCodePoint(code) : sequence
}
