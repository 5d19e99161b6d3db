import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { compileFunction } from 'node:vm'
import { transformSync } from 'esbuild'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'
import { isFaultlineError } from '../../src/model/error.ts'
import { type TransformResult, transform } from '../../src/transform/transform.ts'
import { withoutEdits } from '../helpers/transform-checks.ts'

/**
 * Real files: what packages ship as TypeScript, ECMAScript modules and CommonJS. `effect`, `rxjs` and `zod` are
 * development dependencies for their TypeScript sources.
 */
const modules = join(import.meta.dirname, '../../node_modules')
const bytesMax = 50_000
const filesMax = 3_000

type SourceType = 'module' | 'commonjs'

function corpus(): string[] {
  const isSource = (file: string): boolean => !/\.d\.[cm]?ts$/.test(file)
  const isSmall = (file: string): boolean => {
    const stat = statSync(join(modules, file))
    return stat.isFile() && stat.size < bytesMax
  }
  const typescript = globSync('**/*.{ts,tsx,mts,cts}', { cwd: modules })
    .filter(isSource)
    .sort()
    .filter(isSmall)
  const javascript = globSync('**/*.{js,mjs,cjs,jsx}', { cwd: modules }).sort().filter(isSmall)
  // Every so many, so that each package is in.
  const step = Math.ceil(javascript.length / (filesMax - Math.min(typescript.length, filesMax / 2)))
  return [...typescript.slice(0, filesMax / 2), ...javascript.filter((_, index) => index % step === 0)]
}

const packageTypes = new Map<string, SourceType>()

function packageType(folder: string): SourceType {
  const known = packageTypes.get(folder)
  if (known !== undefined) return known
  const path = join(folder, 'package.json')
  const isTop = folder.endsWith('node_modules')
  const type = existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as { type?: string }).type
    : undefined
  const result =
    type === 'module' || type === 'commonjs' ? type : isTop ? 'commonjs' : packageType(dirname(folder))
  packageTypes.set(folder, result as SourceType)
  return result as SourceType
}

/** Packages ship modules for bundlers under the extension of CommonJS. */
function instrument(source: string, file: string): { result?: TransformResult; sourceType: SourceType } {
  const isModule =
    /\.(?:mjs|mts|tsx?)$/.test(file) ||
    (!file.endsWith('.cjs') && packageType(dirname(join(modules, file))) === 'module')
  const first: SourceType = isModule ? 'module' : 'commonjs'
  try {
    return { result: transform(source, { file, root: modules, sourceType: first }), sourceType: first }
  } catch (error) {
    if (!isFaultlineError(error, 'FAULTLINE_PARSE') || isModule) throw error
    return { result: transform(source, { file, root: modules, sourceType: 'module' }), sourceType: 'module' }
  }
}

/** A second parser: V8 for CommonJS, esbuild for modules and TypeScript. */
function secondOpinion(code: string, file: string, sourceType: SourceType): string | undefined {
  try {
    if (sourceType === 'commonjs') compileFunction(code.replace(/^#!/, '//'))
    else
      transformSync(code, {
        loader: file.endsWith('x') ? 'tsx' : /\.[cm]?ts$/.test(file) ? 'ts' : 'jsx',
        logLevel: 'silent',
      })
    return undefined
  } catch (error) {
    return String(error)
  }
}

function faults(source: string, file: string, sourceType: SourceType, result: TransformResult): string[] {
  const lang = /\.[cm]?ts$/.test(file) ? 'ts' : file.endsWith('.tsx') ? 'tsx' : 'jsx'
  const found = parseSync(file, result.code, { lang, sourceType }).errors.map(
    ({ message }) => `oxc: ${message}`,
  )
  const second = secondOpinion(result.code, file, sourceType)
  if (second !== undefined && secondOpinion(source, file, sourceType) === undefined) found.push(second)
  if (result.code.split('\n').length !== source.split('\n').length) found.push('lines have shifted')
  if (withoutEdits(result) !== source) found.push('the edits cannot be taken out')
  return found.map((fault) => `${file}: ${fault}`)
}

test('thousands of real files are instrumented into valid code', () => {
  const files = corpus()
  const found: string[] = []
  let lines = 0
  let points = 0
  let ms = 0
  for (const file of files) {
    const source = readFileSync(join(modules, file), 'utf8')
    const start = performance.now()
    const { result, sourceType } = instrument(source, file)
    ms += performance.now() - start
    lines += source.split('\n').length
    if (result === undefined) continue
    points += result.points.length
    found.push(...faults(source, file, sourceType, result))
  }
  const typescript = files.filter((file) => /\.[cm]?tsx?$/.test(file)).length
  const rate = ((ms / lines) * 1000).toFixed(1)
  console.log(
    `${files.length} files (${typescript} TypeScript), ${lines} lines, ${points} points, ${rate} ms per 1,000 lines`,
  )
  expect(found).toEqual([])
  expect(files.length).toBeGreaterThanOrEqual(2_000)
  expect(typescript).toBeGreaterThanOrEqual(500)
  expect(points).toBeGreaterThan(50_000)
})
