import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import { type Finished, nodeTool, run } from './run.ts'
import { REPOSITORY, SOURCE_ENTRIES } from './source-alias.ts'

/**
 * Documents are played: every fenced block is a file, a command with its output, or commands to paste.
 *
 * - `ts` begins with `// path` and is written to that file; a later block of the same path replaces it
 * - `console` begins with `$ command`; what follows is an excerpt of its output, from its first line to its last
 * - `sh` holds commands of npm, whose scripts must exist
 * - `text` is shown and nothing else
 */
export interface Block {
  readonly language: string
  readonly text: string
  /** Where the text is in the document. */
  readonly start: number
}

/** The fenced blocks of a document, in order. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\S+)\n(.*?)^```$/gms)].map((match) => ({
    language: match[1]!,
    text: match[2]!,
    start: match.index + match[0].indexOf('\n') + 1,
  }))
}

const CONFIG = `import { faultline } from 'faultline/vite'
import { defineConfig } from 'vitest/config'

export default defineConfig({ plugins: [faultline()] })
`

/** A folder in which documents are played: a project that has this package, from its source, installed. */
export function makeProject(name: string): string {
  const folder = path.join(REPOSITORY, '.tmp/documents', name)
  rmSync(folder, { recursive: true, force: true })
  const installed = path.join(folder, 'node_modules/faultline')
  mkdirSync(installed, { recursive: true })
  symlinkSync(path.join(REPOSITORY, 'src'), path.join(installed, 'src'))
  const exports = Object.fromEntries(
    Object.entries(SOURCE_ENTRIES).map(([entry, file]) => [
      `.${entry.slice('faultline'.length)}`,
      `./${path.relative(REPOSITORY, file)}`,
    ]),
  )
  const manifest = { name: 'faultline', type: 'module', exports }
  writeFileSync(path.join(installed, 'package.json'), JSON.stringify(manifest))
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module", "private": true }\n')
  writeFileSync(path.join(folder, 'vitest.config.ts'), CONFIG)
  const compilerOptions = {
    declaration: false,
    isolatedDeclarations: false,
    erasableSyntaxOnly: false,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
  }
  const types = { extends: '../../../tsconfig.json', compilerOptions, include: ['**/*.ts'] }
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(types))
  return folder
}

/** Plays a document in a project; resolves to the document as it should be. */
export async function play(
  markdown: string,
  folder: string,
  env: Record<string, string> = {},
): Promise<string> {
  let played = markdown
  let grown = 0
  const unrun = new Set<string>()
  for (const { language, text, start } of blocksOf(markdown)) {
    if (language === 'ts') {
      const file = /^\/\/ (\S+)\n/.exec(text)?.[1]
      if (file === undefined) throw new Error(`A block of ts does not begin with its path:\n${text}`)
      if (unrun.has(file)) await runTests([file], folder, env)
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
      writeFileSync(path.join(folder, file), text)
      if (/\.test\.[jt]s$/.test(file)) unrun.add(file)
    } else if (language === 'console') {
      const [, command, shown] = /^\$ ((?:[^\n]*\\\n)*[^\n]*)\n(.*)$/s.exec(text) ?? []
      if (command === undefined)
        throw new Error(`A block of console does not begin with its command:\n${text}`)
      const { output } = await shell(command, folder, env)
      for (const file of unrun) if (command.includes(file)) unrun.delete(file)
      const real = `$ ${command}\n${excerpt(fixed(output), shown!)}`
      played = played.slice(0, start + grown) + real + played.slice(start + grown + text.length)
      grown += real.length - text.length
    } else if (language !== 'sh' && language !== 'text') {
      throw new Error(`A document holds blocks of ts, console, sh and text: found ${language}.`)
    }
  }
  if (unrun.size > 0) await runTests([...unrun], folder, env)
  const types = await nodeTool([path.join(REPOSITORY, 'node_modules/typescript/bin/tsc'), '-p', folder])
  expect(types.code, types.output).toBe(0)
  return played
}

async function runTests(files: string[], folder: string, env: Record<string, string>): Promise<void> {
  const { code, output } = await shell(`npx vitest run ${files.join(' ')}`, folder, env)
  expect(code, output).toBe(0)
}

/** Runs a command as a reader would, but with the tools that are installed here. */
function shell(command: string, cwd: string, env: Record<string, string>): Promise<Finished> {
  const node = `'${process.execPath}'`
  const line = command
    .replaceAll(
      /\bnpx vitest\b/g,
      `${node} '${path.join(REPOSITORY, 'node_modules/vitest/vitest.mjs')}' --slowTestThreshold=60000`,
    )
    .replaceAll(/(^|\s)node (?=-)/g, `$1${node} `)
  return run('/bin/sh', ['-c', line], { cwd, env })
}

/** What differs from run to run, made equal. */
function fixed(output: string): string {
  return (
    output
      .replaceAll(/(clock from |seed \d+, )\d{4}-\d\d-\d\dT[\d:.]+Z/g, '$12026-01-05T09:00:00.000Z')
      // A short time fits on the line before.
      .replaceAll(/(clock from \S+)(?: ·|\n *) took/g, '$1\n   took')
      .replaceAll(/(took|points ·) [\d.,]+ m?s\b/g, '$1 12 ms')
      .replaceAll(/(?<=[() ])[\d.]+m?s\b/g, '12ms')
  )
}

/** From the line that the excerpt begins with to the one it ends with; all, where one of them is not there. */
function excerpt(output: string, shown: string): string {
  const lines = output.split('\n').map((line) => line.trimEnd())
  if (shown.trim() === '') return `${lines.join('\n').trim()}\n`
  const wanted = shown.trimEnd().split('\n').map(rough)
  const first = lines.findIndex((line) => rough(line) === wanted[0])
  const last = lines.findIndex((line, index) => index >= first && rough(line) === wanted.at(-1))
  if (first < 0 || last < 0) return `${lines.join('\n').trim()}\n`
  return `${lines.slice(first, last + 1).join('\n')}\n`
}

function rough(line: string): string {
  return line.trim().replaceAll(/[\d.]+/g, '#')
}
