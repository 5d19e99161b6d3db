import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import type { Finished } from './run.ts'
import { REPOSITORY } from './source-alias.ts'
import { vitestFolder, vitestOf } from './vitest-versions.ts'

/** A copy of `fixtures/projects/suite`, with its own Vitest. */
export interface SuiteProject {
  readonly folder: string
  vitest(args: string[], env?: Record<string, string | undefined>): Promise<Finished>
}

/** Copies the project; its name tells it from the copies of other tests. */
export async function suiteProject(name: string, major: 4 | 5 = 5): Promise<SuiteProject> {
  const folder = path.join(REPOSITORY, '.tmp/suites', name)
  rmSync(folder, { recursive: true, force: true })
  cpSync(path.join(REPOSITORY, 'fixtures/projects/suite'), folder, {
    recursive: true,
    filter: (file) => !['.faultline', 'coverage', 'node_modules'].includes(path.basename(file)),
  })
  const modules = await vitestFolder(major)
  mkdirSync(path.join(folder, 'node_modules'))
  for (const one of ['vitest', 'vite'])
    symlinkSync(path.join(modules, one), path.join(folder, 'node_modules', one), 'dir')
  const copy = major === 5 ? undefined : path.join(modules, 'vitest/dist/index.js')
  return {
    folder,
    vitest: (args, env = {}) =>
      vitestOf(major, args, { cwd: folder, env: { VITEST_COPY: copy, ...env }, timeoutMs: 120_000 }),
  }
}
