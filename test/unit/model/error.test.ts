import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { FaultlineError } from '../../../src/model/error.ts'

test('an error without a hint has no member for it', () => {
  const error = new FaultlineError('FAULTLINE_BAD_OPTION', { message: 'no' })
  expect('hint' in error).toBe(false)
  expect(inspect(error)).not.toContain('hint')
  expect(new FaultlineError('FAULTLINE_BAD_OPTION', { message: 'no', hint: 'yes' })).toMatchObject({
    message: 'no\n  hint: yes',
    hint: 'yes',
  })
})
