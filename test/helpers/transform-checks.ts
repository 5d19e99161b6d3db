import { decode } from '@jridgewell/sourcemap-codec'
import type { TransformResult } from '../../src/transform/transform.ts'

/** The source again, by taking the edits out of the code. */
export function withoutEdits({ code, edits }: TransformResult): string {
  let source = ''
  let at = 0
  let inserted = 0
  for (const { offset, text } of edits) {
    const start = offset + inserted
    source += code.slice(at, start)
    if (code.slice(start, start + text.length) !== text) throw new Error(`no such edit at ${offset}: ${text}`)
    at = start + text.length
    inserted += text.length
  }
  return source + code.slice(at)
}

const token = /[\w$\u0080-\uffff]+|[^\S\n]+|[^\w\s]|\n/g

/**
 * The source again, from the code and the map alone: every token of the source must be in the code where the map
 * says, in order, and what is mapped nowhere or again is left out.
 */
export function fromMap({ code, map }: TransformResult): string {
  const lines = code.split('\n')
  const segments = decode(map.mappings)
  return map.sourcesContent[0]!.split('\n')
    .map((text, line) => {
      let from = 0
      let column = 0
      let found = ''
      for (const [word] of text.matchAll(token)) {
        const index = (segments[line] ?? []).findIndex(
          (segment, at) =>
            at >= from &&
            segment.length >= 4 &&
            segment[2] === line &&
            segment[3] === column &&
            lines[line]!.startsWith(word, segment[0]),
        )
        if (index === -1) throw new Error(`not mapped: ${line + 1}:${column + 1} ${word}`)
        found += lines[line]!.slice(segments[line]![index]![0]).slice(0, word.length)
        from = index + 1
        column += word.length
      }
      return found
    })
    .join('\n')
}

/** Everything in the code that the map says is nowhere must be of ours. */
export function unmappedText({ code, map }: TransformResult): string[] {
  const lines = code.split('\n')
  return decode(map.mappings).flatMap((segments, line) =>
    segments.flatMap((segment, index) => {
      if (segment.length !== 1) return []
      return [lines[line]!.slice(segment[0], segments[index + 1]?.[0])]
    }),
  )
}
