import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { glitchAt } from 'faultline'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'faultline-own-calls-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The line at which the text is found, or the error. */
function lineIn(source: string, text: string | RegExp): string {
  const file = path.join(folder, 'job.test.ts')
  writeFileSync(file, source)
  try {
    return glitchAt(file, text).key.replace(/^.*:/, '')
  } catch (error) {
    return (error as Error).message.split('\n')[0]!.replace(/^(\w+ lines? of|No line of) \S+/, '$1 …')
  }
}

test.for<[string, string, string | RegExp, string]>([
  ['on one line', "await pay(1)\nglitchAt('x', 'await pay(1)', crash())", 'await pay(1)', '1'],
  ['over lines', "glitchAt(\n  'x',\n  'await pay(1)',\n  crash(),\n)\n\nawait pay(1)", 'await pay(1)', '7'],
  ['before it on the same line', "await pay(1); glitchAt('x', 'await pay(1)')", 'await pay(1)', '1'],
  ['with parentheses in strings', 'glitchAt(\'a)\', "await pay(1)", `)`)\nawait pay(1)', 'await pay(1)', '2'],
  ['with a comment', "glitchAt('x', /* ) */ 'await pay(1)') // )\nawait pay(1)", 'await pay(1)', '2'],
  ['as a regular expression', "glitchAt('x', /await pay\\(\\d[)]/)\nawait pay(1)", /await pay\(\d[)]/, '2'],
  ['that is never closed', "glitchAt('x', 'await pay(1)'\nawait pay(1)", 'await pay(1)', '2'],
  [
    'twice beside it',
    "await pay(1)\nglitchAt('x', 'await pay(1)')\nawait pay(1)",
    'await pay(1)',
    '2 lines of … hold await pay(1): 1, 3.',
  ],
  ['and nowhere else', "glitchAt('x', 'await pay(1)')", 'await pay(1)', 'No line of … holds await pay(1).'],
])('the text in the call itself does not count: %s', ([, source, text, expected]) => {
  expect(lineIn(source, text)).toBe(expected)
})
