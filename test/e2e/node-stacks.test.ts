import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { nodeTool } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

const project = path.join(REPOSITORY, 'fixtures/projects/stacks')
const register = ['--import', path.join(REPOSITORY, 'src/register.ts')]

/** Whole output without what differs from run to run. */
async function outputOf(tests: string[], imports: string[]): Promise<string> {
  const args = [...imports, '--test', '--test-reporter=spec', ...tests.map((name) => `test/${name}.test.mjs`)]
  const { output } = await nodeTool(args, { cwd: project })
  return output.replace(/\(?\d+\.\d+ms\)?|duration_ms \d+\.\d+/g, 'DURATION')
}

test.concurrent('what Node runs by itself fails with the same output, byte for byte', async () => {
  const tests = ['common', 'commoncts', 'esm', 'plain']
  const bare = await outputOf(tests, [])
  expect(bare.match(/Error: boom in/g)).toHaveLength(4)
  expect(await outputOf(tests, register)).toBe(bare)
  expect(await outputOf(tests, ['--enable-source-maps', ...register])).toBe(
    await outputOf(tests, ['--enable-source-maps']),
  )
})

const lowered: [test: string, file: string, frames: [fn: string, text: string][]][] = [
  [
    'enums',
    'src/enums.ts',
    [
      ['Store.put', 'new Error('],
      ['async job', 'await new Store'],
    ],
  ],
  [
    'legacy',
    'src/legacy/decorated.ts',
    [
      ['Worker.run', 'new Error('],
      ['async descriptor.value', 'await run.apply'],
    ],
  ],
  [
    'standard',
    'src/standard/decorated.ts',
    [
      ['Worker.run', 'new Error('],
      ['async Worker.<anonymous>', 'await run.apply'],
    ],
  ],
  [
    'view',
    'src/view.tsx',
    [
      ['Mail', 'new Error('],
      ['h', 'tag(props)'],
      ['', '<Mail'],
    ],
  ],
  ['script', 'src/script.jsx', [['job', 'new Error(']]],
]

test.concurrent.each(lowered)(
  'what Node cannot run is lowered: %s fails at its own lines and columns',
  async (name, file, frames) => {
    const output = await outputOf([name], register)
    const source = readFileSync(path.join(project, file), 'utf8')
    const url = pathToFileURL(path.join(project, file)).href
    const expected = frames.map(([fn, text]) => {
      const position = `${url}:${positionOf(source, text)}`
      return fn === '' ? `at ${position}` : `at ${fn} (${position})`
    })
    const seen = output
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.includes(url))
    expect(seen.slice(0, frames.length)).toEqual(expected)
    expect(seen.slice(frames.length).filter((line) => !line.startsWith('at '))).toEqual([])
  },
)

function positionOf(source: string, text: string): string {
  const before = source.slice(0, source.lastIndexOf(text)).split('\n')
  return `${before.length}:${before.at(-1)!.length + 1}`
}
