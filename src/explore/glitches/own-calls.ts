/** A string, a template, a comment or a regular expression, as it stands in an argument. */
const opaque =
  /'(?:\\.|[^\\'\n])*'|"(?:\\.|[^\\"\n])*"|`(?:\\.|[^\\`])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?<=[(,]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^\\/\n[])+\//y

/** The source with the calls of `glitchAt` blanked out, line by line: the text that they look for is in them, too. */
export function withoutCalls(source: string): string {
  let text = source
  for (const { index, 0: start } of source.matchAll(/\bglitchAt\s*\(/g)) {
    const end = endOfCall(source, index + start.length)
    text = text.slice(0, index) + source.slice(index, end).replaceAll(/[^\n]/g, ' ') + text.slice(end)
  }
  return text
}

/** After the parenthesis that closes; the end of the line, where there is none. */
function endOfCall(source: string, from: number): number {
  let depth = 1
  for (let at = from; at < source.length; ) {
    opaque.lastIndex = at
    const skipped = opaque.exec(source)
    if (skipped !== null) {
      at += skipped[0].length
      continue
    }
    const char = source[at++]
    if (char === '(') depth++
    else if (char === ')' && --depth === 0) return at
  }
  const end = source.indexOf('\n', from)
  return end < 0 ? source.length : end
}
