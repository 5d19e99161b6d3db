import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'
import { transform } from '../../../src/transform/transform.ts'

/**
 * `<case>.in.<ext>` is instrumented as `src/<case>.<ext>` and compared with `<case>.out.<ext>`, which is the
 * source itself where there is nothing to insert.
 *
 * `UPDATE_GOLDEN=1 npx vitest run test/unit/transform/golden.test.ts` writes the outputs anew.
 */
const folder = join(import.meta.dirname, '../../../fixtures/transform')
const update = process.env.UPDATE_GOLDEN !== undefined
const inputs = readdirSync(folder).filter((name) => name.includes('.in.'))

test.each(inputs)('%s', (name) => {
  const source = readFileSync(join(folder, name), 'utf8')
  const file = `src/${name.replace('.in.', '.')}`
  const scope = name.startsWith('makers') ? 'makers' : 'whole'
  const code = transform(source, { file, root: '/app', scope })?.code ?? source
  const path = join(folder, name.replace('.in.', '.out.'))
  if (update) writeFileSync(path, code)
  expect(existsSync(path), `${path} is missing; see UPDATE_GOLDEN above`).toBe(true)
  expect(code).toBe(readFileSync(path, 'utf8'))
  const sourceType = name.endsWith('.cjs') ? 'commonjs' : 'module'
  expect(parseSync(file, code, { sourceType }).errors).toEqual([])
})

test('every output has its input', () => {
  const outputs = readdirSync(folder).filter((name) => name.includes('.out.'))
  expect(outputs).toEqual(inputs.map((name) => name.replace('.in.', '.out.')))
  expect(inputs.length).toBeGreaterThan(25)
})
