import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { freshProject, packInto } from '../helpers/packed.ts'
import { nodeTool, run } from '../helpers/run.ts'
import { REPOSITORY, SOURCE_ENTRIES } from '../helpers/source-alias.ts'
import { oldest, underOldestNode } from './oldest-node.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'faultline-package-'))
const project = path.join(folder, 'project')
const versions: Record<string, string> = manifest.devDependencies
const subpaths = Object.keys(SOURCE_ENTRIES)
let tarball: string

beforeAll(async () => {
  tarball = await packInto(folder)
  await freshProject(project, [
    tarball,
    'vitest@5',
    'vite@8',
    '@types/node@24',
    // Optional peers: who imports an adapter has its queue.
    ...['bullmq', 'graphile-worker', 'pg-boss', '@types/pg'].map((name) => `${name}@${versions[name]}`),
  ])
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the packed package, installed into a fresh project', () => {
  test('has a modest size', async () => {
    const alone = path.join(folder, 'alone')
    mkdirSync(alone)
    writeFileSync(path.join(alone, 'package.json'), '{ "private": true }')
    await run('npm', ['install', '--no-audit', '--no-fund', '--omit=peer', tarball], {
      cwd: alone,
      timeoutMs: 240_000,
    })
    const tree = execFileSync('npm', ['ls', '--all', '--parseable'], { cwd: alone, encoding: 'utf8' })
    const packages = tree.trim().split('\n').length - 1
    const kilobytes = Math.round(statSync(tarball).size / 1024)
    console.log(`packed ${kilobytes} kB; ${packages} packages installed`)
    expect(kilobytes).toBeLessThan(700)
    expect(packages).toBeLessThan(40)
  }, 300_000)

  test.each(subpaths)('%s can be imported, as ES module and by require', async (subpath) => {
    // What registers tests needs Vitest around it.
    const wanted = /vitest/.test(subpath) ? 'import.meta.resolve' : 'await import'
    const esm = await nodeTool(
      ['--input-type=module', '-e', `console.log(typeof (${wanted}('${subpath}')))`],
      { cwd: project },
    )
    expect(esm).toMatchObject({ code: 0, stderr: '' })
    const file = execFileSync(process.execPath, ['-p', `require.resolve('${subpath}')`], {
      cwd: project,
      encoding: 'utf8',
    })
    expect(existsSync(file.trim())).toBe(true)
  })

  test.each(['faultline/dist/index.js', 'faultline/src/index.ts', 'faultline/loader/node'])(
    'the deep import %s is refused',
    async (deep) => {
      const { code, stderr } = await nodeTool(['--input-type=module', '-e', `import '${deep}'`], {
        cwd: project,
      })
      expect(code).toBe(1)
      expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED')
    },
  )

  test('node --import faultline/register instruments', async () => {
    writeFileSync(
      path.join(project, 'job.ts'),
      'enum A { B }\nexport const job = async (): Promise<A> => await A.B\n',
    )
    const main =
      "import './job.ts'; console.log(Object.keys(globalThis[Symbol.for('faultline.runtime')].files).length)"
    writeFileSync(path.join(project, 'main.js'), main)
    const { stdout, stderr } = await nodeTool(['--import', 'faultline/register', 'main.js'], { cwd: project })
    expect({ stdout, stderr }).toEqual({ stdout: '1\n', stderr: '' })
  })

  test('the program faultline is installed, and runs a simulation file', async () => {
    const simulation = `
      import { defineJob, defineSimulation } from 'faultline'
      const job = defineJob({ name: 'job', perform: async () => { await work() } })
      async function work(): Promise<void> {}
      export default defineSimulation('job', job.with(null), () => true)
    `
    writeFileSync(path.join(project, 'simulation.ts'), simulation)
    // As npm links it: through node_modules/.bin.
    const faultline = (...args: string[]) =>
      nodeTool([path.join(project, 'node_modules/.bin/faultline'), ...args], { cwd: project })
    expect((await faultline('--help')).stdout).toContain('Usage: faultline <command>')
    const ran = await faultline('run', 'simulation.ts', '--workers', '2')
    expect(ran.code, ran.output).toBe(0)
    expect(await faultline('gate')).toMatchObject({ code: 0, stderr: '' })
    expect((await faultline('report')).stdout).toBe('.faultline/report.html\n')
  })

  const old = oldNode()
  test.skipIf(old === undefined)('an old Node is refused with a clear error', async () => {
    const { code, stderr } = await run(old!, ['--import', 'faultline/register', 'main.js'], { cwd: project })
    expect(code).toBe(1)
    expect(stderr).toMatch(/FaultlineError: Faultline needs Node 22\.18 or newer: this is Node \d/)
    expect(stderr).toContain("code: 'FAULTLINE_NODE_VERSION'")
    const program = await run(old!, [path.join(project, 'node_modules/.bin/faultline'), '--help'], {
      cwd: project,
    })
    expect(program.code).toBe(2)
    expect(program.stderr).toMatch(
      /^faultline: Faultline needs Node 22\.18 or newer: this is Node \d.*\n {2}hint: /,
    )
  })

  test.each(['bundler', 'nodenext'])(
    'its types are right under moduleResolution %s',
    async (resolution) => {
      const source = subpaths.map((name, at) => `import * as s${at} from '${name}'\ns${at}`).join('\n')
      writeFileSync(path.join(project, 'types.mts'), source)
      const module = resolution === 'bundler' ? 'esnext' : 'nodenext'
      const args = [
        '--noEmit',
        '--strict',
        '--target',
        'es2024',
        '--types',
        'node',
        '--skipLibCheck',
        'false',
      ]
      const checked = await nodeTool(
        [
          path.join(REPOSITORY, 'node_modules/typescript/bin/tsc'),
          ...args,
          '--module',
          module,
          '--moduleResolution',
          resolution,
          'types.mts',
        ],
        { cwd: project },
      )
      // Only what is wrong in our own declarations counts here.
      expect(
        checked.output.split('\n').filter((line) => /^(types|node_modules\/faultline)/.test(line)),
      ).toEqual([])
    },
    120_000,
  )
})

describe(`under the oldest Node supported, ${oldest}, all is as under ours`, { timeout: 120_000 }, () => {
  underOldestNode(folder, () => tarball)
})

test('publint finds nothing', async () => {
  const { code, output } = await nodeTool([
    path.join(REPOSITORY, 'node_modules/publint/src/cli.js'),
    tarball,
    '--strict',
  ])
  expect(code, output).toBe(0)
})

test('are-the-types-wrong finds nothing', async () => {
  const attw = path.join(REPOSITORY, 'node_modules/@arethetypeswrong/cli/dist/index.js')
  const { code, output } = await nodeTool([attw, tarball, '--profile', 'esm-only', '--format', 'ascii'])
  expect(code, output).toBe(0)
})

/** A Node on the PATH that is too old, where there is one. */
function oldNode(): string | undefined {
  const candidates = process.env.PATH!.split(path.delimiter).map((folder) => path.join(folder, 'node'))
  return candidates.find((file) => {
    if (!existsSync(file)) return false
    const major = Number(/^v(\d+)/.exec(execFileSync(file, ['--version'], { encoding: 'utf8' }))?.[1])
    return major < 22
  })
}
