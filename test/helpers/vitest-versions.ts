import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Finished, nodeTool, type RunOptions, run } from './run.ts'
import { REPOSITORY } from './source-alias.ts'

const older = path.join(REPOSITORY, '.tmp/vitest-4')

/** The folder of each major of Vitest; the one before is installed when it is asked for first. */
export async function vitestFolder(major: 4 | 5): Promise<string> {
  if (major === 5) return path.join(REPOSITORY, 'node_modules')
  const folder = path.join(older, 'node_modules')
  if (existsSync(path.join(folder, 'vitest/vitest.mjs'))) return folder
  mkdirSync(older, { recursive: true })
  writeFileSync(path.join(older, 'package.json'), '{ "private": true }')
  const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', 'vitest@4', 'vite@8']
  const { code, output } = await run('npm', args, { cwd: older, timeoutMs: 240_000 })
  if (code !== 0) throw new Error(`Vitest 4 cannot be installed:\n${output}`)
  return folder
}

/** Runs one major of Vitest in a project. */
export async function vitestOf(major: 4 | 5, args: string[], options: RunOptions): Promise<Finished> {
  return nodeTool([path.join(await vitestFolder(major), 'vitest/vitest.mjs'), ...args], options)
}
