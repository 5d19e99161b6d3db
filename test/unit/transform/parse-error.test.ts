import { expect, test } from 'vitest'
import { isFaultlineError } from '../../../src/model/error.ts'
import { transform } from '../../../src/transform/transform.ts'

function errorOf(source: string, file: string): unknown {
  try {
    transform(source, { file, root: '/app' })
  } catch (error) {
    expect(isFaultlineError(error, 'FAULTLINE_PARSE')).toBe(true)
    return (error as Error).message
  }
  return undefined
}

const hint =
  '  hint: If other tools accept the file, leave it out with `exclude` or `/* faultline ignore file: reason */`.'

test('a file that cannot be parsed', () => {
  const source =
    "import { a } from 'a'\n\nexport function f(x: number) {\n\tconst y = x +* 2\n  return y\n}\n"
  expect(errorOf(source, 'src/jobs/charge.ts')).toBe(
    [
      'src/jobs/charge.ts:4:15 cannot be parsed: Unexpected token',
      '',
      '  2 |',
      '  3 | export function f(x: number) {',
      '> 4 | \tconst y = x +* 2',
      '    | \t             ^',
      '  5 |   return y',
      '  6 | }',
      '',
      hint,
    ].join('\n'),
  )
})

test('the end of a file that is not complete', () => {
  expect(errorOf('function f() {', 'a.js')).toBe(
    [
      'a.js:1:15 cannot be parsed: Expected `}` but found `EOF`',
      '',
      '> 1 | function f() {',
      '    |               ^',
      '',
      hint,
    ].join('\n'),
  )
})

test('a return at the top of a module, which CommonJS allows', () => {
  expect(errorOf('return 1', 'a.cjs')).toBeUndefined()
  expect(errorOf('return 1', 'a.mjs')).toContain('a.mjs:1:1 cannot be parsed')
})

test('long chains are no deep nesting; what is too deep says so', () => {
  const chain = `function f() { return ${Array.from({ length: 20_000 }, (_, n) => `g(${n})`).join(' + ')} }`
  expect(transform(chain, { file: 'a.js', root: '/app' })?.points.length).toBe(2)
  expect(errorOf(`${'f('.repeat(5_000)}() => 1${')'.repeat(5_000)}`, 'src/deep.js')).toBe(
    'src/deep.js is nested too deeply to be instrumented.\n' +
      '  hint: Leave it out with `exclude` or `/* faultline ignore file: reason */`.',
  )
})

test('what is instrumented already is left alone', () => {
  const once = transform('export function f() {}', { file: 'a.js', root: '/app' })!
  expect(transform(once.code, { file: 'a.js', root: '/app' })).toBeUndefined()
})
