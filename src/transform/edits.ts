import { PlaceDraft } from './places.ts'

/** A text that was inserted before the character at `offset` of the source. */
export interface Edit {
  readonly offset: number
  readonly text: string
}

/** Insertions by offset; a place in a text stands for its number. */
export class Edits {
  readonly #drafts: { readonly offset: number; readonly parts: readonly (string | PlaceDraft)[] }[] = []

  /** Whoever inserts later at the same offset stands further right: open on entering, close on leaving. */
  insert(offset: number, ...parts: (string | PlaceDraft)[]): void {
    this.#drafts.push({ offset, parts })
  }

  /** The edits in the order of the source; the places must have their numbers. */
  render(): Edit[] {
    const sorted = this.#drafts.sort((a, b) => a.offset - b.offset)
    const edits: { offset: number; text: string }[] = []
    for (const { offset, parts } of sorted) {
      const text = parts.map((part) => (part instanceof PlaceDraft ? part.index : part)).join('')
      const last = edits.at(-1)
      if (last?.offset === offset) last.text += text
      else edits.push({ offset, text })
    }
    return edits
  }
}

/** The source with the edits in it. */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  let code = ''
  let from = 0
  for (const { offset, text } of edits) {
    code += source.slice(from, offset) + text
    from = offset
  }
  return code + source.slice(from)
}
