import { stripVTControlCharacters } from 'node:util'

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal.
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g
/** What reorders or hides text on a terminal; joiners stay, for emoji and scripts need them. */
const INVISIBLE = /[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g
const ZERO_WIDTH = /^[\p{M}\u200c\u200d]$/u
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const PLAIN = /^[\x20-\x7e]*$/

/**
 * The text with nothing in it that a terminal obeys: escape sequences are gone, other control characters
 * are pictures (`␀`), tabs are spaces; line breaks stay, as `\n`.
 */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text
  return stripVTControlCharacters(text)
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, '  ')
    .replace(CONTROL, (char) => picture(char.charCodeAt(0)))
    .replace(INVISIBLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** {@link visible}, on one line. */
export function oneLine(text: string): string {
  return visible(text)
    .replace(/\s*\n\s*/g, ' ')
    .trim()
}

function picture(code: number): string {
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '␡' : `\\x${code.toString(16)}`
}

/** How many columns the text takes on a terminal. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const char of stripVTControlCharacters(text)) width += charWidth(char)
  return width
}

function charWidth(char: string): number {
  if (PLAIN.test(char)) return 1
  if (ZERO_WIDTH.test(char) || (char >= '\ufe00' && char <= '\ufe0f')) return 0
  return WIDE.test(char) ? 2 : 1
}

/** The text, cut to `width` columns with an ellipsis where it is longer; knows no colours. */
export function cut(text: string, width: number): string {
  // No character takes less than a column but marks: far beyond the width nothing needs measuring.
  const near = text.length > width * 8 ? text.slice(0, width * 8).toWellFormed() : text
  if (near === text && textWidth(text) <= width) return text
  let out = ''
  let used = 0
  for (const char of near) {
    used += charWidth(char)
    if (used > width - 1) break
    out += char
  }
  return `${out.trimEnd()}…`
}

/** The text in lines of at most `width` columns, broken at spaces where there are any; knows no colours. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (textWidth(joined) <= width) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    const pieces = chop(word, width)
    line = pieces.pop() ?? ''
    lines.push(...pieces)
  }
  if (line !== '' || lines.length === 0) lines.push(line)
  return lines
}

/** A word in pieces that fit. */
function chop(word: string, width: number): string[] {
  if (textWidth(word) <= width) return [word]
  const pieces: string[] = []
  let piece = ''
  let used = 0
  for (const char of word) {
    const size = charWidth(char)
    if (used + size > width) {
      pieces.push(piece)
      piece = ''
      used = 0
    }
    piece += char
    used += size
  }
  pieces.push(piece)
  return pieces
}
