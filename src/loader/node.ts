import { readFileSync } from 'node:fs'
import {
  type LoadFnOutput,
  type LoadHookContext,
  type ResolveFnOutput,
  type ResolveHookContext,
  registerHooks,
} from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { environment } from '../model/environment.ts'
import { isFaultlineError } from '../model/error.ts'
import { offerModules } from '../model/worker-modules.ts'
import { commonJsMain } from './common-js-main.ts'
import { type Classification, classifier, NODE_TEST_FILES } from './first-party.ts'
import { slashed } from './globs.ts'
import { type Instrumented, type InstrumentRequest, instrument } from './instrument.ts'
import { lower } from './lower.ts'
import { keepNamedExports } from './named-exports.ts'
import { NodeModules, plainUrl } from './node-modules.ts'
import { checkedOptions } from './options.ts'
import { ownCode } from './own-code.ts'
import { nearestPackage } from './package-json.ts'
import { installStackMaps, keepMap, shareMap } from './stack-maps.ts'
import { claimProcess } from './state.ts'
import { hasModuleSyntax, needsLowering } from './typescript.ts'

type NextLoad = (url: string, context?: Partial<LoadHookContext>) => LoadFnOutput
type NextResolve = (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput
type Format = string | null | undefined

const CODE = /\.(?:[cm]?[jt]s|[jt]sx)$/
const JSX = /\.[jt]sx$/
const FORMATS = new Set<Format>([
  'module',
  'commonjs',
  'module-typescript',
  'commonjs-typescript',
  'typescript',
  null,
  undefined,
])

/**
 * Instruments what this process loads from now on, ES modules, CommonJS and TypeScript alike. A second call does
 * nothing, also from another copy of the package.
 *
 * A file that cannot be parsed is an error (`FAULTLINE_PARSE`) of whoever loads it: left as it is, it would have no
 * points, and nobody would know.
 *
 * @throws FaultlineError `FAULTLINE_BAD_OPTION` where "faultline" in package.json is wrong
 */
export function register(cwd: string = process.cwd()): void {
  const nearest = nearestPackage(cwd)
  const root = slashed(nearest?.folder ?? cwd)
  const { include, exclude } = checkedOptions(nearest?.data.faultline, `"faultline" in ${root}/package.json`)
  const state = { kind: 'node', root, include, exclude, testFiles: testFiles() } as const
  if (!claimProcess(state)) return
  installStackMaps()
  const classify = classifier(state)
  const modules = new NodeModules(ownCode(state))
  offerModules(modules)
  registerHooks({ load: hook, resolve })

  function resolve(
    specifier: string,
    context: ResolveHookContext,
    nextResolve: NextResolve,
  ): ResolveFnOutput {
    const resolved = nextResolve(specifier, context)
    // CommonJS modules are known by their file alone.
    const url = modules.resolve(resolved.url, context.parentURL)
    const required = isRequire(context.conditions)
    if (required) modules.isRequired(resolved.url)
    return url === resolved.url || required ? resolved : { ...resolved, url }
  }

  function hook(url: string, context: LoadHookContext, nextLoad: NextLoad): LoadFnOutput {
    try {
      return commonJsMain(url, context) ?? load(url, context, nextLoad, { root, classify, modules })
    } catch (error) {
      // What is on top of the stack then is who loads the file.
      if (isFaultlineError(error, 'FAULTLINE_PARSE')) Error.captureStackTrace(error, hook)
      throw error
    }
  }
}

/** Node 22 gives a set where CommonJS asks, whatever its types say. */
function isRequire(conditions: Iterable<string>): boolean {
  return [...conditions].includes('require')
}

/** The file that `node --test` started this process for is a test file, whatever its name. */
function testFiles(): string[] {
  const main = process.argv[1]
  const started = environment().nodeTestChild && main !== undefined ? [slashed(path.resolve(main))] : []
  return [...NODE_TEST_FILES, ...started]
}

interface Loader {
  readonly modules: NodeModules
  readonly root: string
  readonly classify: (file: string) => Classification
}

/** What was made of the modules that later workers load again, by their plain address. */
const again = new Map<string, LoadFnOutput>()

function load(url: string, context: LoadHookContext, nextLoad: NextLoad, loader: Loader): LoadFnOutput {
  const plain = plainUrl(url)
  if (plain === url) return loadFirst(url, context, nextLoad, loader)
  const known = again.get(plain)
  if (known !== undefined) {
    shareMap(url, plain)
    return known
  }
  const loaded = loadFirst(url, context, nextLoad, loader)
  shareMap(plain, url)
  again.set(plain, { ...loaded, shortCircuit: true })
  return loaded
}

function loadFirst(url: string, context: LoadHookContext, nextLoad: NextLoad, loader: Loader): LoadFnOutput {
  const file = url.startsWith('file:') ? slashed(fileURLToPath(url)) : ''
  if (!CODE.test(file)) return nextLoad(url, context)
  const classification = loader.classify(file)
  // Packages in node_modules hold nothing that has to be lowered.
  if (classification.scope === 'none' && file.includes('/node_modules/')) return nextLoad(url, context)
  const loaded = JSX.test(file) ? readJsx(file) : nextLoad(url, context)
  if (!FORMATS.has(loaded.format)) return loaded
  const source = text(loaded.source ?? readFileSync(file))
  const esm = isModule(loaded.format, file, source)
  const sourceType = esm ? 'module' : 'commonjs'
  const instrumented = instrumentFor({ file, root: loader.root, source, sourceType, classification })
  if (esm) loader.modules.isEsModule(url)
  if (instrumented?.stateless) loader.modules.isStateless(url)
  const code = instrumented?.code ?? source
  const map = instrumented && JSON.stringify(instrumented.map)
  if (JSX.test(file) || needsLowering(file, source)) {
    const lowered = lower({ file, code, ...(map === undefined ? {} : { map }) })
    keepMap([url, path.normalize(file)], lowered.map)
    return { format: esm ? 'module' : 'commonjs', source: lowered.code, shortCircuit: true }
  }
  if (map === undefined) return loaded
  keepMap([url, path.normalize(file)], map)
  return { ...loaded, source: code }
}

function instrumentFor(
  request: InstrumentRequest,
): Pick<Instrumented, 'code' | 'map' | 'stateless'> | undefined {
  const result = instrument(request)
  if (result === undefined || request.sourceType === 'module') return result
  return { ...result, code: keepNamedExports(request.source, result.code) }
}

/** Node knows neither `.tsx` nor `.jsx`: the format is what `.ts` and `.js` would have there. */
function readJsx(file: string): LoadFnOutput {
  const type = nearestPackage(path.dirname(file))?.data.type
  const source = readFileSync(file, 'utf8')
  return { format: type === 'module' || type === 'commonjs' ? type : undefined, source } as LoadFnOutput
}

function isModule(format: Format, file: string, source: string): boolean {
  if (format?.startsWith('module')) return true
  if (format?.startsWith('commonjs')) return false
  return hasModuleSyntax(file, source)
}

function text(source: NonNullable<LoadFnOutput['source']>): string {
  if (typeof source !== 'string') return new TextDecoder().decode(source)
  return source.charCodeAt(0) === 0xfeff ? source.slice(1) : source
}
