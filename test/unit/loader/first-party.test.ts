import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { classifier, NODE_TEST_FILES } from '../../../src/loader/first-party.ts'
import { REPOSITORY } from '../../helpers/source-alias.ts'

const classify = classifier({ root: '/app' })
const cases: [file: string, scope: string, reason: string][] = [
  ['/app/src/jobs/charge.ts', 'whole', 'first-party'],
  ['/app/charge.js', 'whole', 'first-party'],
  ['/app/node_modules/pg/lib/client.js', 'none', 'in node_modules'],
  ['/app/packages/a/node_modules/pg/client.js', 'none', 'in node_modules'],
  ['/elsewhere/charge.ts', 'none', 'outside the root /app'],
  ['/app-two/charge.ts', 'none', 'outside the root /app'],
  ['/app/dist/charge.js', 'none', 'build output (dist/)'],
  ['/app/.next/server/charge.js', 'none', 'build output (.next/)'],
  ['/app/src/coverage/charge.ts', 'none', 'build output (coverage/)'],
  ['/app/src/build/pipeline.ts', 'whole', 'first-party'],
  ['/app/src/dist/pipeline.ts', 'whole', 'first-party'],
  ['/app/app/.server/jobs.ts', 'whole', 'first-party'],
  ['/app/src/charge.test.ts', 'makers', 'a test file'],
  ['/app/src/charge.spec.mjs', 'makers', 'a test file'],
  ['/app/src/charge.bench.ts', 'makers', 'a test file'],
  ['/app/src/__mocks__/stripe.ts', 'makers', 'a test helper (in __mocks__/)'],
  ['/app/test/support/stripe.ts', 'makers', 'a test helper (in test/)'],
  ['/app/src/testing/clock.ts', 'whole', 'first-party'],
]

test.each(cases)('%s is %s: %s', (file, scope, reason) => {
  expect(classify(file)).toEqual({ scope, reason })
})

test('a root that itself lies in a test folder or in node_modules changes nothing', () => {
  const root = '/srv/test/node_modules/dist/app'
  expect(classifier({ root })(`${root}/src/charge.ts`).scope).toBe('whole')
})

test('dist, build and out are output beside any package.json', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'faultline-classify-'))
  try {
    mkdirSync(path.join(root, 'packages/a'), { recursive: true })
    writeFileSync(path.join(root, 'packages/a/package.json'), '{}')
    const scopes = ['packages/a/dist/x.js', 'packages/dist/x.js'].map((file) =>
      classifier({ root })(`${root}/${file}`),
    )
    expect(scopes.map(({ scope }) => scope)).toEqual(['none', 'whole'])
  } finally {
    rmSync(root, { recursive: true })
  }
})

test('include wins over every default and over exclude', () => {
  const include = ['test/support', './src/gen/*.ts', 'node_modules/our-jobs', '../shared/**', '/abs/x.ts']
  const decide = classifier({ root: '/app', include, exclude: ['src/**'] })
  const files = [
    '/app/test/support/deep/worker.ts',
    '/app/src/gen/client.ts',
    '/app/node_modules/our-jobs/lib/index.js',
    '/node_modules/our-jobs/index.js',
    '/app/node_modules/.pnpm/our-jobs@1.0.0/node_modules/our-jobs/index.js',
    '/shared/jobs.ts',
    '/abs/x.ts',
  ]
  for (const file of files)
    expect([file, decide(file)]).toEqual([file, { scope: 'whole', reason: 'named by include' }])
  expect(decide('/app/src/charge.ts')).toEqual({ scope: 'none', reason: 'named by exclude' })
  expect(decide('/app/node_modules/our-jobs-too/index.js').scope).toBe('none')
  expect(decide('/app/lib/charge.ts').scope).toBe('whole')
})

test('a folder with glob characters is a plain root', () => {
  const decide = classifier({ root: '/apps/[shop] (v2)', exclude: ['src/old'] })
  expect(decide('/apps/[shop] (v2)/src/charge.ts').scope).toBe('whole')
  expect(decide('/apps/[shop] (v2)/src/old/charge.ts').scope).toBe('none')
})

test('what node --test runs by its own patterns is a test file', () => {
  const decide = classifier({ root: '/app', testFiles: [...NODE_TEST_FILES, '/app/spec/odd.ts'] })
  for (const file of ['charge-test.js', 'charge_test.mjs', 'test-charge.cts', 'test.ts', 'spec/odd.ts']) {
    expect([file, decide(`/app/${file}`).reason]).toEqual([file, 'a test file'])
  }
  expect(decide('/app/src/latest.ts').scope).toBe('whole')
})

test('Faultline itself is never instrumented, its tests and fixtures are', () => {
  const decide = classifier({ root: REPOSITORY, include: ['**'] })
  expect(decide(path.join(REPOSITORY, 'src/runtime/probes.ts')).reason).toBe('a file of Faultline itself')
  expect(decide(path.join(REPOSITORY, 'dist/index.js')).reason).toBe('a file of Faultline itself')
  expect(decide(path.join(REPOSITORY, 'fixtures/jobs/charge.ts')).scope).toBe('whole')
})
