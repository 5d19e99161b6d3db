import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import { type Finished, run } from './run.ts'
import { REPOSITORY } from './source-alias.ts'

const npm = (args: string[], cwd: string): Promise<Finished> => run('npm', args, { cwd, timeoutMs: 240_000 })

/** Packs this package into a folder: the path of the tarball. */
export async function packInto(folder: string): Promise<string> {
  const { code, output } = await npm(['pack', '--json', '--pack-destination', folder], REPOSITORY)
  expect(code, output).toBe(0)
  return path.join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz'))!)
}

/** Makes a fresh project of a user, with these packages installed. */
export async function freshProject(folder: string, packages: string[]): Promise<void> {
  mkdirSync(folder)
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'user', private: true, type: 'module' }),
  )
  const { code, output } = await npm(
    ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages],
    folder,
  )
  expect(code, output).toBe(0)
}
