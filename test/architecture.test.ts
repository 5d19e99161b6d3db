import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type Node, parseSync } from 'oxc-parser'
import { describe, expect, test } from 'vitest'
import { REPOSITORY } from './helpers/source-alias.ts'

/** The layer of each folder of `src`: a file imports from strictly lower ones, or from its own folder. */
const layers: Record<string, number> = {
  model: 0,
  transform: 1,
  runtime: 1,
  clock: 1,
  queue: 1,
  journal: 1,
  workflow: 1,
  report: 1,
  loader: 2,
  perform: 2,
  oracle: 2,
  fault: 2,
  postgres: 2,
  explore: 3,
  vitest: 4,
  'node-test': 4,
  cli: 4,
  '.': 5,
}
const source = path.join(REPOSITORY, 'src')
const files = globSync('**/*.ts', { cwd: source })
  .map((file) => file.replaceAll('\\', '/'))
  .sort()

interface Import {
  readonly from: string
  readonly typeOnly: boolean
}

/** What a file imports or re-exports, statically or not. */
function importsOf(file: string): Import[] {
  const { module } = parsed(file)
  const statics = module.staticImports.map(({ moduleRequest, entries }) => ({
    from: moduleRequest.value,
    typeOnly: entries.length > 0 && entries.every(({ isType }) => isType),
  }))
  const exports = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, isType }) =>
      moduleRequest ? [{ from: moduleRequest.value, typeOnly: isType }] : [],
    ),
  )
  return [...statics, ...exports]
}

const cache = new Map<string, ReturnType<typeof parseSync>>()

function parsed(file: string): ReturnType<typeof parseSync> {
  let result = cache.get(file)
  if (result === undefined) {
    result = parseSync(file, readFileSync(path.join(source, file), 'utf8'))
    cache.set(file, result)
  }
  return result
}

const folderOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '.')
const target = (file: string, from: string): string => path.posix.join(path.posix.dirname(file), from)

test('every folder has a layer', () => {
  expect([...new Set(files.map(folderOf))].filter((folder) => layers[folder] === undefined)).toEqual([])
  expect(files.length).toBeGreaterThan(100)
})

test('imports lead to strictly lower layers, or stay in their folder', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter(({ from }) => from.startsWith('.'))
      .map(({ from }) => target(file, from))
      .filter((to) => {
        const [here, there] = [folderOf(file), folderOf(to)]
        return here !== there && !(layers[there]! < layers[here]!)
      })
      .map((to) => `${file} → ${to}`),
  )
  expect(wrong).toEqual([])
})

test('relative imports name files that exist, with their extension', () => {
  const missing = files.flatMap((file) =>
    importsOf(file)
      .filter(({ from }) => from.startsWith('.') && !existsSync(path.join(source, target(file, from))))
      .map(({ from }) => `${file} → ${from}`),
  )
  expect(missing).toEqual([])
})

test('the durable steps import the vocabulary only: they run in production', () => {
  const wrong = files
    .filter((file) => folderOf(file) === 'workflow')
    .flatMap((file) => importsOf(file).map(({ from }) => target(file, from)))
    .filter((to) => !['model', 'workflow'].includes(folderOf(to)))
  expect(wrong).toEqual([])
})

describe('what an entry pulls in', () => {
  /** The packages that a file needs at run time, with all that it imports. */
  function packagesOf(entry: string): string[] {
    const packages = new Set<string>()
    const seen = new Set<string>()
    const visit = (file: string): void => {
      if (seen.has(file)) return
      seen.add(file)
      for (const { from, typeOnly } of importsOf(file)) {
        if (typeOnly) continue
        if (from.startsWith('.')) visit(target(file, from))
        else if (!from.startsWith('node:'))
          packages.add(
            from
              .split('/')
              .slice(0, from.startsWith('@') ? 2 : 1)
              .join('/'),
          )
      }
    }
    visit(entry)
    return [...packages].sort()
  }

  test('faultline: no parser, no Vitest, no bundler, no driver', () => {
    const heavy = [
      'oxc-parser',
      'vitest',
      'vite',
      'esbuild',
      'magic-string',
      'pg',
      'bullmq',
      'pg-boss',
      'graphile-worker',
    ]
    expect(packagesOf('index.ts').filter((name) => heavy.includes(name))).toEqual([])
    expect(packagesOf('index.ts')).toMatchInlineSnapshot(`
      [
        "diff",
        "fastest-levenshtein",
        "ms",
        "picocolors",
        "picomatch",
        "pure-rand",
      ]
    `)
  })

  test('faultline/vitest: Vitest on top', () => {
    expect(packagesOf('vitest.ts').filter((name) => !packagesOf('index.ts').includes(name))).toEqual([
      'vitest',
    ])
  })

  test('what is needed is declared', () => {
    const manifest = JSON.parse(readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8'))
    const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    const entries = files.filter((file) => folderOf(file) === '.')
    const needed = new Set(entries.flatMap(packagesOf))
    expect([...needed].filter((name) => !declared.includes(name))).toEqual([])
  })
})

describe('style', () => {
  test('one noun per file: kebab-case names, none over 300 lines', () => {
    const long = files.filter(
      (file) => readFileSync(path.join(source, file), 'utf8').split('\n').length > 301,
    )
    expect(long).toEqual([])
    expect(
      files.filter((file) => !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*\.ts$/.test(file)),
    ).toEqual([])
    expect(files.filter((file) => /(?:^|\/)(?:utils|helpers|misc)\.ts$/.test(file))).toEqual([])
  })

  test('no function over 70 lines', () => {
    const long: string[] = []
    for (const file of files) {
      const text = readFileSync(path.join(source, file), 'utf8')
      const visit = (node: Node): void => {
        if (/^(?:Arrow)?Function/.test(node.type)) {
          const lines = text.slice(node.start, node.end).split('\n').length
          if (lines > 70)
            long.push(`${file}:${text.slice(0, node.start).split('\n').length} (${lines} lines)`)
        }
        for (const value of Object.values(node)) {
          for (const child of Array.isArray(value) ? value : [value]) {
            if (typeof child === 'object' && child !== null && 'type' in child && 'start' in child)
              visit(child as Node)
          }
        }
      }
      visit(parsed(file).program as Node)
    }
    expect(long).toEqual([])
  })

  test('only one file reads environment variables', () => {
    const readers = files.filter((file) =>
      /process\.env\b|\{ env \} = process/.test(readFileSync(path.join(source, file), 'utf8')),
    )
    expect(readers).toEqual(['model/environment.ts'])
  })

  test('no default exports but where a host demands one', () => {
    const defaults = files.filter((file) =>
      parsed(file).module.staticExports.some(({ entries }) =>
        entries.some(({ exportName }) => exportName.kind === 'Default'),
      ),
    )
    expect(defaults.filter((file) => file !== 'reporter.ts')).toEqual([])
  })
})
