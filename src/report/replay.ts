// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal.
const UNSAFE = /[\0-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** The line to paste into a shell that runs one scenario again. */
export function replayLine(token: string, command = '<the same test command>'): string {
  return `FAULTLINE_REPLAY=${shellQuoted(token)} ${command.replace(UNSAFE, ' ').trim()}`.toWellFormed()
}

/** One word of a POSIX shell; where it holds control characters, of bash, zsh and ksh. */
export function shellQuoted(text: string): string {
  const quoted = text.replaceAll("'", "'\\''")
  if (quoted.search(UNSAFE) < 0) return `'${quoted}'`
  const escaped = text.replace(/['\\]/g, '\\$&').replace(UNSAFE, (char) => {
    const code = char.charCodeAt(0)
    return code < 0x80
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })
  return `$'${escaped}'`
}

/** A word of a command line: quoted where a shell would take it for more than a word. */
export function shellWord(text: string): string {
  return /^[\w./@+-]+$/.test(text) ? text : shellQuoted(text)
}
