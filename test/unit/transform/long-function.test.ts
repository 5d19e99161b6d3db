import { expect, test } from 'vitest'
import { transform } from '../../../src/transform/transform.ts'

/** How many lines of an async function of so many plain lines and one await may be held. */
function holds(plainLines: number): { plain: number; awaiting: number } {
  const plain = Array.from({ length: plainLines }, (_, line) => `  effects.push(${line})`).join('\n')
  const source = `async function f(effects) {\n${plain}\n  const last = await effects.at(-1)\n}\n`
  const { code } = transform(source, { file: 'f.mjs', root: '/' })!
  const lines = code.split('\n')
  const held = (line: string): boolean => /\)await \$fF\.w;/.test(line)
  const plainHeld = lines.filter(
    (line) => line.includes('effects.push') && held(line.split('effects.push')[0]!),
  )
  return {
    plain: plainHeld.length,
    awaiting: lines.filter((line) => line.includes('const last') && held(line)).length,
  }
}

test('every line of an async function can be held', () => {
  // The first line is one place with the call: its probe stands at the function's brace.
  expect(holds(50)).toEqual({ plain: 49, awaiting: 1 })
})

test('in one that V8 could not optimise then, only the lines that await can', () => {
  expect(holds(150)).toEqual({ plain: 0, awaiting: 1 })
})
