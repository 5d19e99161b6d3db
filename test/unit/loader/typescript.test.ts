import { expect, test } from 'vitest'
import { hasModuleSyntax, needsLowering } from '../../../src/loader/typescript.ts'

test.each([
  'enum Status { Open }',
  'export const enum Status { Open }',
  'namespace a { export const b = 1 }',
  'class A { constructor(private b: string) {} }',
  'class A { constructor(readonly b = 1) {} }',
  '@job class A {}',
  'class A { @retry() run() {} }',
  'class A { accessor b = 1 }',
  "import fs = require('node:fs')",
  'export = { a: 1 }',
  'const a = <string>b',
])('Node cannot strip: %s', (source) => {
  expect(needsLowering('/app/a.ts', source)).toBe(true)
})

test.each([
  'const a: string = 1 as never',
  'declare enum Status { Open }',
  'declare module "x" { export const a: 1 }',
  'declare namespace a { const b: number }',
  'class A { constructor(b: string) {} }',
  'const email = "a@b.c" // an enum in a namespace',
  'function f<T>(a: T): asserts a {}',
  'const accessor = 1; accessor',
])('Node can strip: %s', (source) => {
  expect(needsLowering('/app/a.ts', source)).toBe(false)
})

test('module syntax decides where no format is stated', () => {
  expect(hasModuleSyntax('/app/a.js', 'export const a = 1')).toBe(true)
  expect(hasModuleSyntax('/app/a.js', 'if (module.parent) return; exports.a = 1')).toBe(false)
  expect(hasModuleSyntax('/app/a.js', 'import("x")')).toBe(false)
  expect(hasModuleSyntax('/app/a.js', 'await job()')).toBe(true)
  expect(hasModuleSyntax('/app/a.js', 'const await = 1; await')).toBe(false)
  expect(hasModuleSyntax('/app/a.js', 'broken(')).toBe(false)
})
