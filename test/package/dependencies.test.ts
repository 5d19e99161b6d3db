import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { REPOSITORY } from '../helpers/source-alias.ts'

test('package.json lists the packages that src imports, and no others', () => {
  const imported = new Set<string>()
  for (const file of globSync('src/**/*.ts', { cwd: REPOSITORY })) {
    const code = readFileSync(path.join(REPOSITORY, file), 'utf8').replaceAll(/^ *(?:\*|\/\*|\/\/).*$/gm, '')
    // Statements, imports on demand, and what is loaded by a function of `createRequire`.
    const specifiers = code.matchAll(
      /(?:^import|^(?:import|export|\}).* from|\b(?:import|load)\() ?'([^'.][^']*)'/gm,
    )
    for (const [, specifier] of specifiers) {
      const [name] = /^(?:@[^/]+\/)?[^/]+/.exec(specifier!)!
      if (!name.startsWith('node:')) imported.add(name)
    }
  }
  const { dependencies, peerDependencies } = JSON.parse(
    readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8'),
  )
  expect([...imported].sort()).toEqual(Object.keys({ ...dependencies, ...peerDependencies }).sort())
})
