import { existsSync } from 'node:fs'
import path from 'node:path'
import { matcher, slashed, within } from './globs.ts'

/** How much of a file is instrumented: all of it, what is written in calls of Faultline's makers, nothing. */
export type Scope = 'whole' | 'makers' | 'none'

/** A {@link Scope} and why, in words that continue "… because it is": `a test file`. */
export interface Classification {
  readonly scope: Scope
  readonly reason: string
}

/** What decides over a file; folders and files are absolute, with `/`. */
export interface FirstPartyOptions {
  readonly root: string
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  /** Globs of the test runner's own files, set-up files among them. */
  readonly testFiles?: readonly string[]
}

/** Vitest's own defaults. */
export const VITEST_FILES: readonly string[] = [
  '**/*.{test,spec}.?(c|m)[jt]s?(x)',
  '**/*.{bench,benchmark}.?(c|m)[jt]s?(x)',
]

/** What `node --test` runs, and the names that Mocha's users write. */
export const NODE_TEST_FILES: readonly string[] = [
  '**/*.{test,spec}.?(c|m)[jt]s?(x)',
  '**/*{-,_}test.?(c|m)[jt]s?(x)',
  '**/test-*.?(c|m)[jt]s?(x)',
  '**/test.?(c|m)[jt]s?(x)',
]

const TEST_FOLDERS = new Set(['test', 'tests', '__tests__', '__mocks__', '__fixtures__'])
const OUTPUT_ANYWHERE = new Set([
  'lib-cov',
  'coverage',
  '.nyc_output',
  '.next',
  '.nuxt',
  '.output',
  '.svelte-kit',
  '.turbo',
  '.cache',
  '.parcel-cache',
  '.vite',
  '.vercel',
  '.netlify',
  '.serverless',
  '.wrangler',
  '.astro',
  '.docusaurus',
  '.yarn',
  '.faultline',
])
const OUTPUT_OF_PACKAGE = new Set(['dist', 'build', 'out'])
const own = ownFolders(import.meta.dirname)

/**
 * Makes the function that decides how much of a file is instrumented.
 *
 * Order: Faultline itself (never), `include`, `exclude`, node_modules, outside the root, build output, test files.
 *
 * @example
 * ```ts
 * classifier({ root: '/app' })('/app/src/jobs/charge.ts')     // { scope: 'whole', reason: 'first-party' }
 * ```
 */
export function classifier(options: FirstPartyOptions): (file: string) => Classification {
  const root = slashed(options.root)
  const included = matcher(options.include ?? [], root)
  const excluded = matcher(options.exclude ?? [], root)
  const isTest = matcher(options.testFiles ?? VITEST_FILES, root)
  return (absolute) => {
    const file = slashed(absolute)
    if (own.some((folder) => within(file, folder) !== undefined)) return none('a file of Faultline itself')
    if (included(file)) return { scope: 'whole', reason: 'named by include' }
    if (excluded(file)) return none('named by exclude')
    const relative = within(file, root)
    if (`/${relative ?? file}`.includes('/node_modules/')) return none('in node_modules')
    if (relative === undefined) return none(`outside the root ${root}`)
    const folders = relative.split('/').slice(0, -1)
    const output = buildOutput(folders, root)
    if (output !== undefined) return none(`build output (${output}/)`)
    if (isTest(file)) return { scope: 'makers', reason: 'a test file' }
    const helper = folders.find((folder) => TEST_FOLDERS.has(folder))
    if (helper !== undefined) return { scope: 'makers', reason: `a test helper (in ${helper}/)` }
    return { scope: 'whole', reason: 'first-party' }
  }
}

function none(reason: string): Classification {
  return { scope: 'none', reason }
}

/** `dist`, `build` and `out` are output where a package keeps them; `src/build/` may be anybody's code. */
function buildOutput(folders: readonly string[], root: string): string | undefined {
  return folders.find((folder, depth) => {
    if (OUTPUT_ANYWHERE.has(folder)) return true
    if (!OUTPUT_OF_PACKAGE.has(folder)) return false
    return depth === 0 || holdsPackage(path.posix.join(root, ...folders.slice(0, depth)))
  })
}

const packages = new Map<string, boolean>()

function holdsPackage(folder: string): boolean {
  const known = packages.get(folder)
  if (known !== undefined) return known
  const holds = existsSync(path.join(folder, 'package.json'))
  packages.set(folder, holds)
  return holds
}

/** This package's `src` and `dist`, found from either: its tests and fixtures are ordinary code. */
function ownFolders(from: string): string[] {
  let folder = from
  while (!existsSync(path.join(folder, 'package.json'))) {
    if (path.dirname(folder) === folder) return [slashed(from)]
    folder = path.dirname(folder)
  }
  return ['src', 'dist'].map((name) => slashed(path.join(folder, name)))
}
