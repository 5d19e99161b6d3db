import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { REPOSITORY } from './helpers/source-alias.ts'

const table = readFileSync(path.join(REPOSITORY, 'ARCHITECTURE.md'), 'utf8')
const layers = new Map(
  [...table.matchAll(/^\| (\d) \| `([^`]+)` \|/gm)].map(([, layer, folder]) => [folder!, Number(layer)]),
)
const files = globSync('src/**/*.ts', { cwd: REPOSITORY }).map((file) => file.replaceAll('\\', '/'))

/** The folder that a file of `src/` belongs to; `*.ts` for the entries. */
function folderOf(file: string): string {
  const parts = file.split('/')
  return parts.length === 2 ? '*.ts' : parts[1]!
}

/** What a file imports: files of ours relative to the repository, packages by their names. */
function importsOf(file: string): string[] {
  const source = readFileSync(path.join(REPOSITORY, file), 'utf8').replaceAll(/^ *\*.*$/gm, '')
  const found = source.matchAll(/(?:\bfrom|^import|await import\() ?'([^'$]+)'/gm)
  return [...found].map(([, specifier]) =>
    specifier!.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier!) : specifier!,
  )
}

test('ARCHITECTURE.md knows every folder of src', () => {
  expect([...new Set(files.map(folderOf))].sort()).toEqual([...layers.keys()].sort())
})

test('files import from their own folder and strictly downwards', () => {
  const upwards = files.flatMap((file) => {
    const own = folderOf(file)
    const wrong = importsOf(file).filter((imported) => {
      if (!imported.startsWith('src/') || folderOf(imported) === own) return false
      return layers.get(folderOf(imported))! >= layers.get(own)!
    })
    return wrong.map((imported) => `${file} imports ${imported}`)
  })
  expect(upwards).toEqual([])
})

test('the entry faultline pulls in neither the parser nor a test runner', () => {
  const seen = new Set(['src/index.ts'])
  for (const file of seen) {
    if (file.startsWith('src/')) for (const imported of importsOf(file)) seen.add(imported)
  }
  const packages = [...seen].filter((name) => !name.startsWith('src/') && !name.startsWith('node:'))
  expect(seen.size).toBeGreaterThan(100)
  expect(packages).not.toContain('oxc-parser')
  expect(packages).not.toContain('esbuild')
  expect(packages.filter((name) => /^(?:vite|vitest|pg|bullmq)\b/.test(name))).toEqual([])
})
