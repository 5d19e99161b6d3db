/** A piece of a source line. */
export interface Token {
  readonly text: string
  readonly kind: 'plain' | 'comment' | 'string' | 'number' | 'keyword'
}

const KEYWORDS =
  'abstract|any|as|async|await|boolean|break|case|catch|class|const|continue|debugger|declare|default|delete|do|else|enum|export|extends|false|finally|for|from|function|get|if|implements|import|in|instanceof|interface|let|new|never|null|number|of|private|protected|public|readonly|return|satisfies|set|static|string|super|switch|this|throw|true|try|type|typeof|undefined|unknown|using|var|void|while|yield'
const TOKENS = new RegExp(
  [
    '(?<comment>/\\*[\\s\\S]*?(?:\\*/|$)|//[^\\n]*)',
    '(?<string>\'(?:[^\'\\\\\\n]|\\\\.)*\'|"(?:[^"\\\\\\n]|\\\\.)*"|`(?:[^`\\\\]|\\\\[\\s\\S])*`)',
    `(?<keyword>(?<![\\w$.])(?:${KEYWORDS})(?![\\w$]))`,
    '(?<number>(?<![\\w$])\\d[\\w.]*)',
  ].join('|'),
  'g',
)
const KINDS = ['comment', 'string', 'keyword', 'number'] as const
const LENGTH_MAX = 200_000

/** A source as lines of tokens: enough of the grammar to read by, and no more. */
export function highlighted(source: string): Token[][] {
  const text = source.replace(/\r\n?|[\u2028\u2029]/g, '\n')
  const lines: Token[][] = [[]]
  const push = (piece: string, kind: Token['kind']): void => {
    piece.split('\n').forEach((part, index) => {
      if (index > 0) lines.push([])
      if (part !== '') lines.at(-1)!.push({ text: part, kind })
    })
  }
  let end = 0
  // What is that long is generated: plain text will do.
  if (text.length <= LENGTH_MAX) {
    for (const match of text.matchAll(TOKENS)) {
      push(text.slice(end, match.index), 'plain')
      push(match[0], KINDS.find((kind) => match.groups![kind] !== undefined)!)
      end = match.index + match[0].length
    }
  }
  push(text.slice(end), 'plain')
  if (lines.length > 1 && lines.at(-1)!.length === 0) lines.pop()
  return lines
}
