import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nodeTool } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

const register = ['--import', path.join(REPOSITORY, 'src/register.ts')]
const userSupport = ['--require', path.join(REPOSITORY, 'node_modules/source-map-support/register.js')]

/** Loads a file, edits it, and loads it again: once by a query, once by dropping it from the cache of `require`. */
const program = `
import { createRequire } from 'node:module'
import { writeFileSync } from 'node:fs'
const require = createRequire(import.meta.url)
const source = (pad, exported) => pad + exported + ' async function job(n) { await null; if (n) throw new Error("boom") }'
const report = async (job) => console.log(await job(1).catch((error) => error.stack.split('\\n')[1].match(/at (async )?job .*?(:\\d+:\\d+)/)[2]))
const loaded = []
for (const pad of ['', '\\n\\n  ']) {
  writeFileSync('./job.mjs', source(pad, 'export'))
  loaded.push((await import('./job.mjs?v=' + pad.length)).job)
}
for (const job of loaded) await report(job)
for (const pad of ['', '\\n\\n  ']) {
  writeFileSync('./job.cjs', source(pad, 'exports.job ='))
  delete require.cache[require.resolve('./job.cjs')]
  await report(require('./job.cjs').job)
}
`
let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'faultline-'))
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(path.join(folder, 'main.mjs'), program)
})
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['alone', register],
  ['beside source-map-support of the program', [...userSupport, ...register]],
])(
  'a file that was edited and loaded again fails at its own lines and columns, %s',
  async (_how, imports) => {
    const bare = await nodeTool(['main.mjs'], { cwd: folder })
    expect(bare.output.trim().split('\n')).toEqual([':1:57', ':3:59', ':1:64', ':3:66'])
    expect((await nodeTool([...imports, 'main.mjs'], { cwd: folder })).output).toBe(bare.output)
  },
)
