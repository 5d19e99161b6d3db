import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { type Finished, nodeTool } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

const register = path.join(REPOSITORY, 'src/register.ts')
const projects = path.join(REPOSITORY, 'fixtures/projects')
const temporary: string[] = []
afterAll(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true })
})

test('what a program sees of its modules, its order of execution and its errors is unchanged', async () => {
  const cwd = path.join(projects, 'modules')
  // Any --import makes Node load the main module in another way: the comparison is with an empty one.
  const bare = await nodeTool(['--import', 'data:text/javascript,', 'src/main.js'], { cwd })
  const instrumented = await nodeTool(['--import', register, 'src/main.js'], { cwd })
  expect(bare.stdout).toContain('viaStar: 3')
  expect(withoutSourceLine(instrumented)).toEqual(withoutSourceLine(bare))
})

test.each([
  ['ES module', 'job.js', "import './job.js'", 'main.js'],
  ['CommonJS', 'job.cjs', "require('./job.cjs')", 'main.cjs'],
  ['TypeScript', 'job.ts', "import './job.ts'", 'main.ts'],
  ['TypeScript that is lowered', 'job.mts', "enum A {}; import './job.mts'", 'main.mts'],
])('%s that cannot be parsed is an error, also where Node would run it', async (_, file, main, mainFile) => {
  const cwd = project({ [file]: '// A job\nfunction job() {\n  job() = 1\n}\n', [mainFile]: main })
  const isJavaScript = /\.c?js$/.test(file)
  expect((await nodeTool([file], { cwd })).code).toBe(isJavaScript ? 0 : 1)
  for (const start of [file, mainFile]) {
    const { code, stderr } = await nodeTool(['--import', register, start], { cwd })
    expect(code).toBe(1)
    expect(stderr.slice(stderr.indexOf('FaultlineError'), stderr.indexOf('\n    at '))).toBe(
      [
        `FaultlineError: ${file}:3:3 cannot be parsed: Cannot assign to this expression`,
        '',
        '  1 | // A job',
        '  2 | function job() {',
        '> 3 |   job() = 1',
        '    |   ^^^^^',
        '  4 | }',
        '  5 |',
        '',
        '  hint: If other tools accept the file, leave it out with `exclude` or `/* faultline ignore file: reason */`.',
      ].join('\n'),
    )
    expect(stderr).not.toContain('src/loader')
  }
})

test('Node 22 tells CommonJS its conditions as a set', async () => {
  const hook = (resolve: string): string =>
    `data:text/javascript,${encodeURIComponent(`
      import { registerHooks } from 'node:module'
      registerHooks({ resolve(specifier, context, next) { ${resolve} } })`)}`
  // Node's own would take no set here.
  const last = hook(`
    if (Array.isArray(context.conditions)) return next(specifier, context)
    return { url: new URL(specifier, context.parentURL).href, format: 'commonjs', shortCircuit: true }`)
  const first = hook(`
    const isOwn = specifier === './job.cjs'
    return next(specifier, isOwn ? { ...context, conditions: new Set(context.conditions) } : context)`)
  const cwd = project({
    'job.cjs': 'exports.job = async () => {}\n',
    'main.cjs': "const { job } = require('./job.cjs')\nconsole.log(typeof job)\n",
  })
  // What was registered last is asked first.
  const imports = [last, register, first].flatMap((one) => ['--import', one])
  const { code, stdout, stderr } = await nodeTool([...imports, 'main.cjs'], { cwd })
  expect([code, stdout, stderr]).toEqual([0, 'function\n', ''])
})

test.each([
  ['main.cjs', "const { job } = require('./job.mjs')\n"],
  ['main.js', "const { job } = require('./job.mjs')\n"],
  ['main.cts', "const { job }: { job: unknown } = require('./job.mjs')\n"],
])('%s is handed to CommonJS itself where its loader of ES modules cannot run it', async (main, first) => {
  const from = path.join(REPOSITORY, 'src/loader/common-js-main.ts')
  const hook = `data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from 'node:module'
    import { commonJsMain } from ${JSON.stringify(pathToFileURL(from).href)}
    registerHooks({ load: (url, context, next) => commonJsMain(url, context, true) ?? next(url, context) })`)}`
  const last = 'console.log(typeof job, require.main === module, __filename === process.argv[1])\n'
  const files = { 'job.mjs': 'export const job = async () => {}\n', [main]: first + last }
  const cwd = project(files, { type: undefined })
  const { code, stdout, stderr } = await nodeTool(['--import', hook, main], { cwd })
  expect([code, stdout, stderr]).toEqual([0, 'function true true\n', ''])
  const esm = project({ 'main.js': 'console.log(import.meta.main)\n' })
  expect(await nodeTool(['--import', hook, 'main.js'], { cwd: esm })).toMatchObject({ stdout: 'true\n' })
})

test('what is left out may hold anything that Node accepts', async () => {
  const cwd = project({ 'job.js': 'function job() { job() = 1 }' }, { faultline: { exclude: ['job.js'] } })
  const { code, output } = await nodeTool(['--import', register, 'job.js'], { cwd })
  expect([code, output]).toEqual([0, ''])
})

test('a module by its await alone, of a package without a type, is instrumented as one', async () => {
  const files = "console.log(Object.keys(globalThis[Symbol.for('faultline.' + 'runtime')].files).length)"
  const cwd = project({ 'main.js': `await job()\n${files}\nfunction job() {}` }, { type: undefined })
  const { code, stdout } = await nodeTool(['--import', register, 'main.js'], { cwd })
  expect([code, stdout]).toEqual([0, '1\n'])
})

test('children of node --test and workers inherit the loader', async () => {
  const cwd = project({
    'job.js': 'export async function job() { return await 1 }',
    'a.test.js': `
      import test from 'node:test'
      import assert from 'node:assert'
      import { Worker } from 'node:worker_threads'
      import { job } from './job.js'
      const files = () => Object.keys(globalThis[Symbol.for('faultline.runtime')].files).map((key) => key.split('@')[0])
      test('child', async () => { await job(); assert.deepEqual(files(), ['job.js']) })
      test('worker', async () => {
        const worker = new Worker(new URL('./worker.js', import.meta.url))
        assert.deepEqual(await new Promise((resolve) => worker.once('message', resolve)), ['job.js'])
      })`,
    'worker.js': `
      import { parentPort } from 'node:worker_threads'
      import './job.js'
      parentPort.postMessage(Object.keys(globalThis[Symbol.for('faultline.runtime')].files).map((key) => key.split('@')[0]))`,
  })
  const { code, output } = await nodeTool(['--import', register, '--test'], { cwd })
  expect(code, output).toBe(0)
  expect(output).toContain('pass 2')
})

test('registered twice, a file is instrumented once', async () => {
  const cwd = project({
    'main.js': 'export function job() { return 1 }\nconsole.log(String(job).match(/\\$f/g).length)',
  })
  const once = await nodeTool(['--import', register, 'main.js'], { cwd })
  const again = `data:text/javascript,import { register } from '${pathToFileURL(path.join(REPOSITORY, 'src/loader/node.ts'))}?copy'; register()`
  const twice = await nodeTool(['--import', register, '--import', again, 'main.js'], { cwd })
  expect(Number(once.stdout)).toBeGreaterThan(0)
  expect(twice).toEqual(once)
})

test('include and exclude of package.json are heeded', async () => {
  const faultline = { include: ['test/support'], exclude: ['legacy.js'] }
  const job = 'export async function job() { return await 1 }'
  const cwd = project(
    {
      'main.js': `
        import './job.js'; import './legacy.js'; import './test/support/a.js'; import './test/b.js'
        console.log(Object.keys(globalThis[Symbol.for('faultline.runtime')].files).map((key) => key.split('@')[0]))`,
      'job.js': job,
      'legacy.js': job,
      'test/support/a.js': job,
      'test/b.js': job,
    },
    { faultline },
  )
  const { stdout } = await nodeTool(['--import', register, 'main.js'], { cwd })
  expect(stdout).toContain("[ 'job.js', 'test/support/a.js', 'main.js' ]")
})

test('a wrong option is one clear error', async () => {
  const cwd = project({ 'main.js': '' }, { faultline: { exclud: [] } })
  const { code, stderr } = await nodeTool(['--import', register, 'main.js'], { cwd })
  expect(code).toBe(1)
  expect(stderr).toContain(
    `FaultlineError: "faultline" in ${cwd}/package.json has no option 'exclud'; allowed are include, exclude.\n  hint: Did you mean 'exclude'?`,
  )
})

function project(files: Record<string, string>, data: object = {}): string {
  const cwd = mkdtempSync(path.join(tmpdir(), 'faultline-node-'))
  temporary.push(cwd)
  const all = { ...files, 'package.json': JSON.stringify({ type: 'module', ...data }) }
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true })
    writeFileSync(path.join(cwd, name), text)
  }
  return cwd
}

/** Node shows the line of an uncaught error as it was loaded, probes included: the one thing that differs. */
function withoutSourceLine({ code, stdout, stderr }: Finished): object {
  return { code, stdout, stderr: stderr.replace(/^.*setImmediate\b.*\n +\^\n/m, '') }
}
