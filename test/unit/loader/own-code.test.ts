import path from 'node:path'
import { expect, test } from 'vitest'
import { keeper, ownCode } from '../../../src/loader/own-code.ts'
import { REPOSITORY } from '../../helpers/source-alias.ts'

test('the application’s own code: also tests and build output, not packages, not Faultline', () => {
  const own = ownCode({ root: REPOSITORY, include: ['node_modules/our-jobs'], exclude: ['fixtures/**'] })
  const files = [
    'fixtures/jobs/world.ts',
    'test/helpers/run.ts',
    'test/unit/loader/own-code.test.ts',
    'fixtures/projects/memory/dist/a.js',
    'node_modules/our-jobs/index.js',
    'node_modules/vite/index.js',
    'src/index.ts',
  ]
  expect(files.map((file) => own(path.join(REPOSITORY, file)))).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
    false,
  ])
  expect(own('/elsewhere/a.ts')).toBe(false)
})

test('keep takes files, folders, globs, and names of packages', () => {
  const memory = path.join(REPOSITORY, 'fixtures/projects/memory')
  const keeps = (keep: string[], file = 'src/in-flight.ts'): boolean =>
    keeper(keep, memory)(path.join(memory, file))
  expect(keeps(['src/in-flight.ts'])).toBe(true)
  expect(keeps(['./src'])).toBe(true)
  expect(keeps(['**/*-flight.ts'])).toBe(true)
  expect(keeps(['memory'])).toBe(true)
  expect(keeps([])).toBe(false)
  expect(keeps(['flight.ts', 'src/charge.ts', 'memo'])).toBe(false)
})
