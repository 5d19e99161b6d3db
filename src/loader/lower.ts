import { createRequire } from 'node:module'
import path from 'node:path'
import type { TransformOptions } from 'esbuild'
import type { TsConfigJsonResolved } from 'get-tsconfig'

type CompilerOptions = NonNullable<TsConfigJsonResolved['compilerOptions']>

// Loaded at the first file that needs them: most processes meet none, and it takes 15 ms.
const load = createRequire(import.meta.url)
const esbuild = (): typeof import('esbuild') => load('esbuild')
const tsconfig = (): typeof import('get-tsconfig') => load('get-tsconfig')

/** What to lower, after it was instrumented. */
export interface LowerRequest {
  /** Absolute. */
  readonly file: string
  readonly code: string
  /** The map from the user's source to `code`, as JSON. */
  readonly map?: string
}

/** JavaScript for the Node that runs, and its map from the user's source, as JSON. */
export interface Lowered {
  readonly code: string
  readonly map: string
}

/** Turns TypeScript or JSX that Node cannot run into JavaScript, as the project's tsconfig.json says. */
export function lower({ file, code, map }: LowerRequest): Lowered {
  const result = esbuild().transformSync(map === undefined ? code : withInlineMap(code, map), {
    loader: loaderOf(file),
    sourcefile: file,
    sourcemap: 'external',
    sourcesContent: false,
    target: `node${process.versions.node}`,
    tsconfigRaw: { compilerOptions: compilerOptions(path.dirname(file)) },
    logLevel: 'silent',
  })
  return { code: result.code, map: result.map }
}

/** Appends the map where esbuild looks for it. */
function withInlineMap(code: string, map: string): string {
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`
}

function loaderOf(file: string): NonNullable<TransformOptions['loader']> {
  if (file.endsWith('.tsx')) return 'tsx'
  if (/\.[cm]?ts$/.test(file)) return 'ts'
  return 'jsx'
}

const cache = new Map<string, CompilerOptions>()
let warned = false

function compilerOptions(folder: string): CompilerOptions {
  const known = cache.get(folder)
  if (known !== undefined) return known
  const { jsx, ...all } = tsconfig().getTsconfig(folder)?.config.compilerOptions ?? {}
  if (all.emitDecoratorMetadata === true && !warned) {
    warned = true
    process.emitWarning(
      'emitDecoratorMetadata has no effect: Faultline lowers decorators without type metadata',
      {
        code: 'FAULTLINE_DECORATOR_METADATA',
      },
    )
  }
  const options = { ...all, ...(jsx === undefined ? {} : { jsx: runnable(jsx) }) }
  cache.set(folder, options)
  return options
}

/** What a bundler would be left to do (`preserve`) has to be done here. */
function runnable(jsx: NonNullable<CompilerOptions['jsx']>): NonNullable<CompilerOptions['jsx']> {
  return jsx === 'preserve' || jsx === 'react-native' ? 'react-jsx' : jsx
}
