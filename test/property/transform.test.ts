import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { transform } from '../../src/transform/transform.ts'
import { type StubMode, stubRuntime, withRuntime } from '../helpers/stub-runtime.ts'
import { fromMap, unmappedText, withoutEdits } from '../helpers/transform-checks.ts'
import { behaviourCases, orderCases } from '../unit/transform/behaviour-cases.ts'
import { program } from './programs.ts'

const folder = join(import.meta.dirname, '../../fixtures/transform')
const golden = readdirSync(folder)
  .filter((name) => name.includes('.in.'))
  .map((name) => [name.replace('.in.', '.'), readFileSync(join(folder, name), 'utf8')] as const)
const cases = [...behaviourCases, ...orderCases].map(
  ([name, source, language = 'cjs']) => [`${name}.${language}`, source] as const,
)

describe('what was inserted can be taken out again', () => {
  test.each([...golden, ...cases])('%s', (file, source) => {
    const result = transform(source, { file, root: '/app' })
    if (result === undefined) return
    expect(withoutEdits(result)).toBe(source)
    expect(fromMap(result)).toBe(source)
    expect(result.code.split('\n').length).toBe(source.split('\n').length)
    expect(result.map.sources).toEqual([`/app/${file}`])
    const ours = result.edits.map(({ text }) => text).join('\0')
    for (const text of unmappedText(result)) expect(ours).toContain(text)
  })
})

async function outcome(code: string, mode?: StubMode): Promise<unknown[]> {
  const log: unknown[] = []
  const module = { run: (): unknown => undefined }
  const evaluate = compileFunction(code, ['exports', 'log'], { filename: 'program.js' })
  withRuntime(mode && stubRuntime(mode), () => {
    evaluate(module, (value: unknown) => {
      log.push(value)
      return value
    })
  })
  let live = true
  void (async () => {
    for (let tick = 1; live && tick < 500; tick++) {
      await null
      log.push(`tick ${tick}`)
    }
  })()
  try {
    log.push('result', await module.run())
  } catch (error) {
    log.push('error', String(error))
  }
  live = false
  return [...log]
}

test('generated programs do the same, in the same order of microtasks', async () => {
  await fc.assert(
    fc.asyncProperty(program, async (source) => {
      const result = transform(source, { file: 'program.cjs', root: '/app' })!
      expect(withoutEdits(result)).toBe(source)
      expect(fromMap(result)).toBe(source)
      const expected = await outcome(source)
      for (const mode of ['off', 'on', 'armed'] as const) {
        expect(await outcome(result.code, mode), mode).toEqual(expected)
      }
      const held = (log: unknown[]): unknown[] => log.filter((line) => !String(line).startsWith('tick'))
      expect(held(await outcome(result.code, 'held'))).toEqual(held(expected))
    }),
    { numRuns: 300, seed: 1 },
  )
})
