import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { nodeTool, vitest } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

const cwd = path.join(REPOSITORY, 'fixtures/projects/memory')
const register = path.join(REPOSITORY, 'test/helpers/register-source.ts')

describe('each worker process has module memory of its own', { timeout: 120_000 }, () => {
  test.each([
    ['forks', []],
    ['threads', []],
    ['vmThreads', []],
    ['vmForks', []],
    ['threads', ['--no-isolate', '--maxWorkers=1']],
  ])('under Vitest, in %s %s', async (pool, options) => {
    const { code, output } = await vitest(['run', `--pool=${pool}`, ...options], { cwd, timeoutMs: 100_000 })
    expect(code, output).toBe(0)
    expect(output).toContain('Test Files  2 passed (2)')
  })

  test.each(readdirSync(path.join(cwd, 'node')))('under Node: %s', async (file) => {
    const { code, output } = await nodeTool(['--import', register, `node/${file}`], { cwd })
    expect(code, output).toBe(0)
    expect(output).toMatch(/pass [1-9]/)
  })
})
