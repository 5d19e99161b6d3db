import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { explainNoPoints } from '../../../src/loader/diagnose.ts'
import type { FileRecord } from '../../../src/runtime/index.ts'

const state = {
  kind: 'vite',
  root: '/repo/app',
  include: [],
  exclude: ['src/old/**'],
  testFiles: ['**/*.test.ts'],
}
const record = (name: string): FileRecord => ({
  path: name,
  root: '/repo/app',
  hash: '',
  table: '[]',
  s: new Uint8Array(0),
})
const loader = (changed: object = {}) =>
  vi.stubEnv('FAULTLINE_LOADER', JSON.stringify({ ...state, ...changed }))
afterEach(() => vi.unstubAllEnvs())

test('the loader is missing', () => {
  vi.stubEnv('FAULTLINE_LOADER', '')
  expect(explainNoPoints('/repo/app/src/charge.ts')).toEqual({
    cause: 'no loader',
    message: 'nothing instruments the code of this process.',
    hint: 'In Vitest, add faultline() of faultline/vite to `plugins`; elsewhere, start with `node --import faultline/register`.',
  })
})

const named = (glob: string) =>
  `If it is under test, name it: faultline({ include: ['${glob}'] }) in the Vitest configuration.`

test.each([
  [
    'src/old/a.ts',
    'src/old/a.ts is not instrumented, because it is named by exclude.',
    named('src/old/a.ts'),
  ],
  ['dist/a.js', 'dist/a.js is not instrumented, because it is build output (dist/).', named('dist/a.js')],
  [
    '/repo/jobs/src/a.ts',
    '/repo/jobs/src/a.ts is not instrumented, because it is outside the root /repo/app.',
    named('../jobs/src/**'),
  ],
  [
    'src/a.test.ts',
    "src/a.test.ts is a test file, where only functions written in a call of Faultline's makers are instrumented.",
    "Write the job's function in the call of defineJob, move it out of the tests, or name its file: faultline({ include: ['src/a.test.ts'] }) in the Vitest configuration.",
  ],
])('the file is excluded: %s', (file, message, hint) => {
  loader()
  expect(explainNoPoints(file)).toEqual({ cause: 'excluded', message, hint })
})

test('the file is excluded: generated', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'faultline-diagnose-'))
  writeFileSync(path.join(root, 'a.ts'), '// @generated\n')
  loader({ root })
  expect(explainNoPoints('a.ts')).toEqual({
    cause: 'excluded',
    message: 'a.ts is not instrumented, because it is generated, as its first comment says.',
    hint: named('a.ts'),
  })
  rmSync(root, { recursive: true })
})

test.each([
  ['/repo/app/node_modules/our-jobs/src/a.js', 'node_modules/our-jobs/src/a.js', 'our-jobs'],
  ['/repo/node_modules/@our/jobs/a.js', '/repo/node_modules/@our/jobs/a.js', '@our/jobs'],
  ['node_modules/.pnpm/jobs@1.0.0/node_modules/jobs/a.js', undefined, 'jobs'],
])('it is a package in node_modules: %s', (file, shown = file, name) => {
  loader()
  expect(explainNoPoints(file)).toEqual({
    cause: 'package',
    message: `${shown} is not instrumented, because it is in node_modules.`,
    hint: `If the package is yours, name it: faultline({ include: ['node_modules/${name}/**'] }) in the Vitest configuration.`,
  })
  loader({ include: [`node_modules/${name}/**`] })
  expect(explainNoPoints(file).cause).toBe('not loaded')
})

test('it was loaded outside of Vite, or past the hooks of Node', () => {
  loader()
  expect(explainNoPoints('src/charge.ts')).toEqual({
    cause: 'not loaded',
    message: 'src/charge.ts is to be instrumented, but was loaded past Vite.',
    hint: 'Import it instead of requiring it; if a package imports it, name that package in `test.server.deps.inline`.',
  })
  loader({ kind: 'node' })
  expect(explainNoPoints('src/charge.ts')).toEqual({
    cause: 'not loaded',
    message: 'src/charge.ts is to be instrumented, but was loaded past faultline/register.',
    hint: 'Put `--import faultline/register` before whatever loads it, and run the file itself, not a bundle of it.',
  })
})

test('comments leave out what ran', () => {
  loader()
  expect(explainNoPoints('/repo/app/src/charge.ts', [record('src/charge.ts')])).toEqual({
    cause: 'left out',
    message: 'src/charge.ts is instrumented, but what ran of it is left out.',
    hint: 'Take `faultline ignore` comments and outside() off the code under test.',
  })
})

test('the file is not known', () => {
  const hint = (include: string) =>
    `If the job's code is in node_modules, in build output, a test helper or outside the root, name it: ${include}.`
  loader()
  expect(explainNoPoints()).toEqual({
    cause: 'unknown',
    message: 'none of the code that ran is instrumented; no file is instrumented.',
    hint: hint("faultline({ include: ['the/file.ts'] }) in the Vitest configuration"),
  })
  loader({ kind: 'node' })
  const many = Array.from({ length: 7 }, (_, index) => record(`src/${index}.ts`))
  expect(explainNoPoints(undefined, many)).toEqual({
    cause: 'unknown',
    message:
      'none of the code that ran is instrumented; instrumented is only src/0.ts, src/1.ts, src/2.ts, src/3.ts, src/4.ts and 2 more.',
    hint: hint('"faultline": { "include": ["the/file.ts"] } in package.json'),
  })
})
