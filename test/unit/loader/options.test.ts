import { expect, test } from 'vitest'
import { checkedOptions } from '../../../src/loader/options.ts'

test('nothing given is empty lists', () => {
  expect(checkedOptions(undefined, 'faultline()')).toEqual({ include: [], exclude: [] })
  expect(checkedOptions({ include: ['src/**'] }, 'faultline()')).toEqual({ include: ['src/**'], exclude: [] })
})

const wrong: [value: unknown, message: string][] = [
  [
    'src',
    "faultline() takes an object: received 'src'; allowed is { include?: string[], exclude?: string[] }.",
  ],
  [
    { includes: [] },
    "faultline() has no option 'includes'; allowed are include, exclude.\n  hint: Did you mean 'include'?",
  ],
  [{ root: '.' }, "faultline() has no option 'root'; allowed are include, exclude."],
  [{ include: 'src/**' }, "include of faultline() is no list: received 'src/**'; allowed is string[]."],
  [{ exclude: [7] }, "exclude of faultline() holds 7; allowed are globs, such as 'src/jobs/**'."],
  [
    { include: ['!src/gen/**'] },
    "include of faultline() holds the negation '!src/gen/**'.\n  hint: Write 'src/gen/**' in exclude instead.",
  ],
]

test.each(wrong)('%j is refused', (value, message) => {
  expect(() => checkedOptions(value, 'faultline()')).toThrow(
    expect.objectContaining({ code: 'FAULTLINE_BAD_OPTION', message }),
  )
})
