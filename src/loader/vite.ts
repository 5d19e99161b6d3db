import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import picomatch from 'picomatch'
import type { Plugin, ResolvedConfig, Rollup, UserConfig } from 'vite'
import { LOADER_VARIABLE, type LoaderState } from '../model/environment.ts'
import { type FaultlineError, isFaultlineError } from '../model/error.ts'
import { type Classification, classifier, VITEST_FILES } from './first-party.ts'
import { slashed } from './globs.ts'
import { instrument } from './instrument.ts'
import { requireNode } from './node-version.ts'
import { checkedOptions, type LoaderOptions } from './options.ts'
import { nearestPackage } from './package-json.ts'

/** The part of Vitest's configuration that matters here; Vite's own types do not know it. */
interface TestConfig {
  include?: string[]
  setupFiles?: string | string[]
  globalSetup?: string | string[]
  env?: Partial<NodeJS.ProcessEnv>
  server?: { deps?: { inline?: true | (string | RegExp)[] } }
}

/** What Vitest hands to `configureVitest`; its older versions have only the experimental name. */
interface VitestContext {
  project: { config: TestConfig; vite: { config: ResolvedConfig } }
  defineCacheKeyGenerator?(generator: () => string): void
  experimental_defineCacheKeyGenerator?(generator: () => string): void
}

/** A Vite server under Vitest, and what is instrumented in it. */
interface Served {
  readonly state: LoaderState
  readonly classify: (file: string) => Classification
}

const CODE = /\.(?:[cm]?[jt]s|[jt]sx)(?:\?|$)/
/** Queries that only bust caches; with any other one the module may be something else than the file. */
const TRANSPARENT = /^(?:(?:v|t|import|mock|vitest)(?:=[^&]*)?(?:&|$))+$/

/**
 * Vite plugin that instruments first-party code under Vitest: everything under the root but node_modules, build
 * output and generated files; in test files only what is written in a call of Faultline's makers. Outside of
 * Vitest it does nothing, so that no build is ever instrumented.
 *
 * @throws FaultlineError `FAULTLINE_BAD_OPTION`
 * @example
 * ```ts
 * // vitest.config.ts
 * import { faultline } from 'faultline/vite'
 * export default defineConfig({ plugins: [faultline()] })
 * ```
 */
export function faultline(options?: LoaderOptions): Plugin {
  const globs = checkedOptions(options, 'faultline()')
  const servers = new WeakMap<ResolvedConfig, Served>()
  const plugin: Plugin & { configureVitest(context: VitestContext): void } = {
    name: 'faultline',
    enforce: 'pre',
    config: (config) => inlined(config, globs.include),
    configureVitest(context) {
      requireNode()
      const { config, vite } = context.project
      // Several projects may share one server, and with it this plugin: what one of them tests, none instruments.
      const others = servers.get(vite.config)?.state.testFiles ?? VITEST_FILES
      const root = slashed(vite.config.root)
      const testFiles = [...new Set([...others, ...testFilesOf(config, root)])]
      const state: LoaderState = { kind: 'vite', root, ...globs, testFiles }
      servers.set(vite.config, { state, classify: classifier(state) })
      // The workers see nothing of Vite's configuration but their environment.
      config.env = { ...config.env, [LOADER_VARIABLE]: JSON.stringify(state) }
      const define = context.defineCacheKeyGenerator ?? context.experimental_defineCacheKeyGenerator
      define?.(() => `${JSON.stringify(servers.get(vite.config)?.state)} ${stamp}`)
    },
    transform: {
      filter: { id: { include: CODE, exclude: /^\0/ } },
      handler(code, id) {
        const served = servers.get(this.environment.getTopLevelConfig())
        const file = moduleFile(id, code)
        if (served === undefined || file === undefined) return undefined
        const { root } = served.state
        const sourceType = /\.c[jt]s$/.test(file) ? 'commonjs' : 'module'
        const classification = served.classify(file)
        try {
          const result = instrument({ file, root, source: code, sourceType, classification })
          return result && { code: result.code, map: result.map }
        } catch (error) {
          if (!isFaultlineError(error, 'FAULTLINE_PARSE')) throw error
          this.error(viteError(error, file))
        }
      },
    },
  }
  return plugin
}

/** Changes when Faultline does: Vitest keeps transformed modules on disk from one run to the next. */
const stamp = `${nearestPackage(import.meta.dirname)?.data.version} ${statSync(import.meta.filename).mtimeMs}`

/** Taken apart as Vite puts it together again, without our own stack, which helps nobody. */
function viteError(error: FaultlineError, file: string): Rollup.RollupError {
  const [head = '', frame, hint] = error.message.split('\n\n')
  const [, line, column] = /:(\d+):(\d+) cannot be parsed/.exec(head) ?? []
  if (line === undefined || frame === undefined) return { name: error.name, message: error.message, id: file }
  const message = hint === undefined ? head : `${head}\n${hint}`
  const loc = { file, line: Number(line), column: Number(column) - 1 }
  return { name: error.name, message, stack: '', id: file, loc, frame }
}

/** The file behind a module's id; `undefined` for virtual modules and for what a query makes of a file. */
function moduleFile(id: string, code: string): string | undefined {
  if (!CODE.test(id) || id.startsWith('\0') || !path.isAbsolute(id)) return undefined
  const [file = '', query] = id.split(/\?(.*)/s)
  if (query === undefined || TRANSPARENT.test(query)) return file
  try {
    return readFileSync(file, 'utf8') === code ? file : undefined
  } catch {
    return undefined
  }
}

/** Vitest leaves node_modules to Node; a package that `include` names has to go through Vite. */
function inlined(
  config: UserConfig & { test?: TestConfig },
  include: readonly string[],
): UserConfig | undefined {
  const installed = include.flatMap((glob) => /(?:^|\/)node_modules\/(.+)$/.exec(glob)?.[1] ?? [])
  if (installed.length === 0 || config.test?.server?.deps?.inline === true) return undefined
  const inline = installed.map((glob) =>
    picomatch.makeRe(`**/node_modules/{${glob},${glob}/**}`, { dot: true }),
  )
  const added: UserConfig & { test: TestConfig } = { test: { server: { deps: { inline } } } }
  return added
}

function testFilesOf({ include, setupFiles, globalSetup }: TestConfig, root: string): string[] {
  const setup = [setupFiles ?? [], globalSetup ?? []].flat()
  return [...(include ?? []), ...setup.map((file) => slashed(path.resolve(root, file)))]
}
