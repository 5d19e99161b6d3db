import { readFileSync } from 'node:fs'
import type { LoadFnOutput, LoadHookContext } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { hasModuleSyntax } from './typescript.ts'

/** Before Node 24, CommonJS that its loader of ES modules runs under hooks can require no ES module. */
const isConcernedHere: boolean = Number(process.versions.node.split('.')[0]) < 24

/**
 * The main module of this process, where it is CommonJS and must be handed to CommonJS itself: with `--import`, Node
 * loads it as if an ES module had imported it. It is asked for a second time then, by `require`.
 */
export function commonJsMain(
  url: string,
  { format, conditions }: Pick<LoadHookContext, 'format' | 'conditions'>,
  isConcerned: boolean = isConcernedHere,
): LoadFnOutput | undefined {
  const main = process.argv[1]
  if (!isConcerned || main === undefined || url !== pathToFileURL(path.resolve(main)).href) return undefined
  const file = fileURLToPath(url)
  if ([...conditions].includes('require') || !isCommonJs(format, file)) return undefined
  const source = `import Module from 'node:module'\nModule._load(${JSON.stringify(file)}, null, true)\n`
  return { format: 'module', source, shortCircuit: true }
}

function isCommonJs(format: LoadHookContext['format'], file: string): boolean {
  if (format?.startsWith('commonjs')) return true
  const isOpen = format === null || format === undefined || (format as string) === 'typescript'
  return isOpen && /\.[jt]s$/.test(file) && !hasModuleSyntax(file, readFileSync(file, 'utf8'))
}
