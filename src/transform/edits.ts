import MagicString from 'magic-string'
import { PlaceDraft } from './places.ts'

/** A text that was inserted before the character at `offset` of the source. */
export interface Edit {
  readonly offset: number
  readonly text: string
}

/** A part of an insertion. */
export interface Piece extends Edit {
  /**
   * What the source map makes of it: nothing, for a statement of ours; the start of a node, for what begins a
   * wrapping of it; a part of the code in front of it, for what ends one. Coverage tools look up where a node
   * begins and ends, and drop those whose wrapping is nowhere.
   */
  readonly maps: 'nowhere' | 'before' | { readonly start: number }
}

interface Draft {
  readonly offset: number
  readonly parts: readonly (string | PlaceDraft)[]
  readonly maps: Piece['maps']
}

/**
 * Insertions by offset; a place in a text stands for its number. Whoever inserts later at the same offset stands
 * further right: what opens is inserted on entering a node, what closes on leaving it.
 */
export class Edits {
  readonly #drafts: Draft[] = []

  /** Inserts statements. */
  insert(offset: number, ...parts: (string | PlaceDraft)[]): void {
    this.#drafts.push({ offset, parts, maps: 'nowhere' })
  }

  /** Inserts what begins a wrapping of the node that starts at `start`. */
  open(offset: number, start: number, ...parts: (string | PlaceDraft)[]): void {
    this.#drafts.push({ offset, parts, maps: { start } })
  }

  /** Inserts what ends the code in front of it. */
  close(offset: number, ...parts: (string | PlaceDraft)[]): void {
    this.#drafts.push({ offset, parts, maps: 'before' })
  }

  /** What was inserted, in the order of the source; the places must have their numbers. */
  render(): Piece[] {
    const sorted = this.#drafts.sort((a, b) => a.offset - b.offset)
    return sorted.map(({ offset, parts, maps }) => {
      const text = parts.map((part) => (part instanceof PlaceDraft ? part.index : part)).join('')
      return { offset, text, maps }
    })
  }
}

/** One edit an offset. */
export function editsOf(pieces: readonly Piece[]): Edit[] {
  const edits: { offset: number; text: string }[] = []
  for (const { offset, text } of pieces) {
    const last = edits.at(-1)
    if (last?.offset === offset) last.text += text
    else edits.push({ offset, text })
  }
  return edits
}

/** The source with the edits in it. */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  const code = new MagicString(source)
  for (const { offset, text } of edits) code.appendLeft(offset, text)
  return code.toString()
}
