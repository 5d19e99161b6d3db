import { createRequire } from 'node:module'

// Loaded at the first CommonJS file that has exports.
const load = createRequire(import.meta.url)
let parse: ((source: string) => { exports: string[]; reexports: string[] }) | undefined

/**
 * Node finds the named exports of CommonJS by the look of its source, and inserted probes change the look of what
 * compilers emit (`get: function () { return inner.a }`). What it no longer finds is named at the end, in code
 * that never runs.
 *
 * @param before the user's source
 * @param after the same, instrumented
 */
export function keepNamedExports(before: string, after: string): string {
  if (!/\bexports\b/.test(before)) return after
  const [wanted, found] = [named(before), named(after)]
  if (wanted === undefined || found === undefined) return after
  const names = wanted.exports.filter((name) => !found.exports.includes(name))
  const stars = wanted.reexports.filter((name) => !found.reexports.includes(name))
  if (names.length + stars.length === 0) return after
  const spread = stars.map((name) => `...require(${JSON.stringify(name)}),`).join('')
  const assigned = names.map((name) => `exports[${JSON.stringify(name)}]=0;`).join('')
  return `${after}\n;if(0){${spread && `module.exports={${spread}};`}${assigned}}`
}

function named(source: string): { exports: string[]; reexports: string[] } | undefined {
  parse ??= (load('cjs-module-lexer') as typeof import('cjs-module-lexer')).parse
  try {
    return parse(source)
  } catch {
    return undefined
  }
}
