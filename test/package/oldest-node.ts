import { cpSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { freshProject } from '../helpers/packed.ts'
import { type Finished, run } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'
import { steadyNode } from '../helpers/steady.ts'

export const oldest = `${/\d+\.\d+/.exec(manifest.engines.node)![0]}.0`

/** What a program says, and how it ended; how its two streams interleave is the machine's. */
const plain = ({ code, stdout, stderr }: Finished): string =>
  `${steadyNode(stdout)}\n${steadyNode(stderr)}\nended with ${code}`

/** The packed package under the oldest Node that package.json allows, installed from npm, beside the one that runs this. */
export function underOldestNode(folder: string, tarball: () => string): void {
  const project = path.join(folder, 'oldest')
  const nodes = { oldest: path.join(project, 'node_modules/.bin/node'), ours: process.execPath }

  beforeAll(async () => {
    await freshProject(project, [tarball(), 'vitest@5', 'vite@8', `node@${oldest}`])
    for (const name of ['node-suite', 'simulations', 'first-try'])
      cpSync(path.join(REPOSITORY, 'fixtures/projects', name), path.join(project, name), { recursive: true })
    // The one of the repository takes the plugin from its source.
    writeFileSync(
      path.join(project, 'first-try/vitest.config.ts'),
      "import { faultline } from 'faultline/vite'\nexport default { plugins: [faultline()] }\n",
    )
  }, 300_000)

  test('is what it is called', async () => {
    expect((await run(nodes.oldest, ['--version'])).stdout).toBe(`v${oldest}\n`)
  })

  test.each([
    [
      'node --test',
      'node-suite',
      ['--import', 'faultline/register', '--test', '--test-reporter=spec', 'charge.test.ts'],
    ],
    [
      'races',
      'node-suite',
      ['--import', 'faultline/register', '--test', '--test-reporter=spec', 'races.test.ts'],
    ],
    ['faultline run', 'simulations', ['../node_modules/.bin/faultline', 'run', 'simulations/charge.ts']],
    ['faultline points', 'simulations', ['../node_modules/.bin/faultline', 'points', 'src/charge.ts']],
    ['vitest', 'first-try', ['../node_modules/vitest/vitest.mjs', 'run', '--maxWorkers=1', 'broken']],
  ])('%s', async (_, name, args) => {
    const cwd = path.join(project, name)
    const [old, ours] = [await run(nodes.oldest, args, { cwd }), await run(nodes.ours, args, { cwd })]
    expect(plain(ours)).toMatch(/charge/)
    expect(plain(old)).toBe(plain(ours))
  })

  test.each([
    ['a CommonJS program', 'main.cjs', "require('./job.cjs').job().then(() => console.log(files()))"],
    ['an ES module', 'main.mjs', "import { job } from './job.ts'\nawait job()\nconsole.log(files())"],
  ])('register instruments %s', async (_, file, source) => {
    const files = `function files() { return Object.keys(globalThis[Symbol.for('faultline.runtime')].files).length }`
    writeFileSync(path.join(project, 'job.cjs'), 'exports.job = async () => { await null }\n')
    writeFileSync(
      path.join(project, 'job.ts'),
      'enum A { B }\nexport const job = async (): Promise<A> => await A.B\n',
    )
    writeFileSync(path.join(project, file), `${source}\n${files}\n`)
    for (const node of Object.values(nodes))
      expect(await run(node, ['--import', 'faultline/register', file], { cwd: project })).toMatchObject({
        code: 0,
        stdout: '2\n',
      })
  })
}
