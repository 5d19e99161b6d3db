import { afterEach, expect, test, vi } from 'vitest'
import { explainNoPoints } from '../../../src/loader/diagnose.ts'

const state = {
  kind: 'vite',
  root: '/app',
  include: [],
  exclude: ['src/old/**'],
  testFiles: ['**/*.test.ts'],
}
afterEach(() => vi.unstubAllEnvs())

test('without a loader it names both', () => {
  vi.stubEnv('FAULTLINE_LOADER', '')
  expect(explainNoPoints('src/jobs/charge.ts')).toMatchObject({
    cause: 'no loader',
    hint: expect.stringMatching(/faultline\/vite.*node --import faultline\/register/),
  })
})

test.each([
  ['src/old/charge.ts', 'excluded', 'src/old/charge.ts is not instrumented: it is named by exclude.'],
  [
    '/app/node_modules/jobs/a.js',
    'excluded',
    '/app/node_modules/jobs/a.js is not instrumented: it is in node_modules.',
  ],
  [
    'src/charge.test.ts',
    'excluded',
    "src/charge.test.ts is a test file, where only functions written in a call of Faultline's makers give points.",
  ],
  [
    'src/charge.ts',
    'not loaded',
    'src/charge.ts would be instrumented, but was not loaded through Faultline.',
  ],
  [undefined, 'unknown', 'no instrumented code was reached.'],
])('%s: %s', (file, cause, message) => {
  vi.stubEnv('FAULTLINE_LOADER', JSON.stringify(state))
  expect(explainNoPoints(file)).toMatchObject({ cause, message })
})
