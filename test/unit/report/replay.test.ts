import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { shellWord } from '../../../src/report/replay.ts'

test.each(['test/charge.test.ts', 'a b.ts', "it's.ts", 'we|ird <b>/$HOME.ts', '`x`;y&.ts', ''])(
  'a shell takes %j for one word',
  (name) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(name)}`], { encoding: 'utf8' })).toBe(name)
  },
)

test('plain names stay plain', () => {
  expect(shellWord('packages/@a/test/x+y.test.ts')).toBe('packages/@a/test/x+y.test.ts')
})
