import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { REPOSITORY } from './source-alias.ts'

const sources = new Map<string, string[]>()

function linesOf(file: string): string[] {
  let lines = sources.get(file)
  if (lines === undefined) {
    const path = resolve(REPOSITORY, file)
    lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
    sources.set(file, lines)
  }
  return lines
}

/** A text with the source in the place of its lines: `crash@‹await save()›` for `crash@fixtures/engine/a.ts:12`. */
export function inSource(text: string): string {
  return text.replace(/fixtures\/engine\/[\w-]+\.ts:\d+(?::\d+)?/g, (place) => {
    const [file = '', line = '', column] = place.split(':')
    const source = linesOf(file)[Number(line) - 1]
    if (source === undefined) return place
    return `‹${source.slice(column === undefined ? 0 : Number(column) - 1).trim()}›`
  })
}
