import path from 'node:path'
import { defineConfig } from 'tsdown'
import { REPOSITORY, SOURCE_ENTRIES } from './test/helpers/source-alias.ts'

export default defineConfig({
  // The program is no subpath.
  entry: [...Object.values(SOURCE_ENTRIES), path.join(REPOSITORY, 'src/cli.ts')],
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  dts: true,
  // The code is not minified: maps would be half of the package, and say no more.
  sourcemap: false,
  clean: true,
  fixedExtension: false,
})
