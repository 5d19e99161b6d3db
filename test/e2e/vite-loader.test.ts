import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Finished, vitest } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

/** What the project's one test wrote down. */
interface Seen {
  files: string[]
  text: string
  url: string
  again: boolean
  loader: object | null
}

const project = path.join(realpathSync(mkdtempSync(path.join(tmpdir(), 'faultline-vite-'))), 'inline')

beforeAll(() => {
  cpSync(path.join(REPOSITORY, 'fixtures/projects/inline'), project, { recursive: true })
  cpSync(path.join(project, 'our-jobs'), path.join(project, 'node_modules/our-jobs'), { recursive: true })
  for (const name of ['vitest', 'vite']) {
    symlinkSync(path.join(REPOSITORY, 'node_modules', name), path.join(project, 'node_modules', name), 'dir')
  }
  const config = path.join(project, 'vitest.config.ts')
  writeFileSync(
    config,
    readFileSync(config, 'utf8').replace('../../../src/vite.ts', path.join(REPOSITORY, 'src/vite.ts')),
  )
})
afterAll(() => rmSync(path.dirname(project), { recursive: true, force: true }))

test('first-party modules are instrumented, and the workers are told by which options', async () => {
  const { files, text, url, again, loader } = await seen({})
  expect(files).toEqual(['src/job.ts', 'src/legacy.ts'])
  expect(text).toBe(readFileSync(path.join(project, 'src/job.ts'), 'utf8'))
  expect(url).toBe('/src/job.ts')
  expect(again).toBe(true)
  expect(loader).toEqual({
    kind: 'vite',
    root: project,
    include: [],
    exclude: [],
    testFiles: [
      '**/*.{test,spec}.?(c|m)[jt]s?(x)',
      '**/*.{bench,benchmark}.?(c|m)[jt]s?(x)',
      path.join(project, 'src/setup.ts'),
    ],
  })
})

test('include takes in generated files, test helpers and a package in node_modules; exclude takes out', async () => {
  const include = ['node_modules/our-jobs/**', 'src/{client,setup}.ts']
  const { files, loader } = await seen({ include, exclude: ['src/legacy.ts'] })
  expect(files).toEqual(['node_modules/our-jobs/index.js', 'src/client.ts', 'src/job.ts', 'src/setup.ts'])
  expect(loader).toMatchObject({ include, exclude: ['src/legacy.ts'] })
})

test('projects that share a server share the plugin, and none instruments what another one tests', async () => {
  const projects = ['threads', 'vmThreads'].map((pool) => ({
    extends: true,
    test: { name: pool, pool, include: ['src/job.test.ts'] },
  }))
  const config = readFileSync(path.join(project, 'vitest.config.ts'), 'utf8')
  const shared = config.replace(/test: \{.*\}/, `test: ${JSON.stringify({ projects })}`)
  writeFileSync(path.join(project, 'projects.config.ts'), shared)
  const { code, output } = await vitest(['run', '--config', 'projects.config.ts'], { cwd: project })
  expect(code, output).toBe(0)
  expect(output).toContain('2 passed')
  const { files, loader } = JSON.parse(readFileSync(path.join(project, 'seen.json'), 'utf8')) as Seen
  expect(files).toEqual(['src/job.ts', 'src/legacy.ts'])
  expect(loader).toMatchObject({ testFiles: expect.arrayContaining(['src/job.test.ts']) })
})

test('a wrong option ends the run with one clear error', async () => {
  const { code, output } = await start({ includes: [] })
  expect(code).toBe(1)
  expect(output).toContain(
    "FaultlineError: faultline() has no option 'includes'; allowed are include, exclude.\n  hint: Did you mean 'include'?",
  )
})

test('a source that cannot be parsed fails with file, line, column and frame', async () => {
  const { code, output } = await vitest(['run'], { cwd: path.join(REPOSITORY, 'fixtures/projects/broken') })
  expect(code).toBe(1)
  expect(
    output.slice(output.indexOf(' FAIL '), output.indexOf('⎯[1/1]⎯')).replace(/⎯+$/, ''),
  ).toBe(` FAIL  job.test.ts [ job.test.ts ]
FaultlineError: src/job.ts:2:34 cannot be parsed: Expected \`)\` but found \`{\`
  hint: If other tools accept the file, leave it out with \`exclude\` or \`/* faultline ignore file: reason */\`.
  1 | export async function job(order: { items: number[] }): Promise<void> {
> 2 |   for (const item of order.items {
    |                                  ^
  3 |     await send(item)
  4 |   }
`)
})

test('failures under Vitest have the same output as without the plugin: lines, columns, code frames', async () => {
  const cwd = path.join(REPOSITORY, 'fixtures/projects/stacks')
  const [bare, instrumented] = [
    await vitest(['run'], { cwd }),
    await vitest(['run'], { cwd, env: { WITH_FAULTLINE: '1' } }),
  ]
  const timeless = ({ output }: Finished) => output.replace(/\d+ms|Start at.*|Duration.*/g, '')
  expect(bare.output.match(/Error: boom in/g)).toHaveLength(5)
  expect(timeless(instrumented)).toBe(timeless(bare))
})

function start(options: object): Promise<Finished> {
  return vitest(['run'], { cwd: project, env: { FAULTLINE_OPTIONS: JSON.stringify(options) } })
}

async function seen(options: object): Promise<Seen> {
  const { code, output } = await start(options)
  expect(code, output).toBe(0)
  return JSON.parse(readFileSync(path.join(project, 'seen.json'), 'utf8')) as Seen
}
