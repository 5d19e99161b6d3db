import { expect, test } from 'vitest'
import { FaultlineReporter } from '../../../src/vitest/reporter.ts'

test.for([
  [null, 'The reporter takes an object of options: received null.'],
  [100, 'The reporter takes an object of options: received 100.'],
  [[], 'The reporter takes an object of options: received .'],
  [
    { min: 100 },
    "There is no option of the reporter 'min'; allowed are minResilience, outputDir, json, html.",
  ],
  [{ minResilience: '100' }, 'minResilience: received 100; allowed is a percentage, 0 to 100.'],
  [{ json: 'no' }, 'json: received no; allowed are true and false.'],
  [{ html: 0 }, 'html: received 0; allowed are true and false.'],
  [{ outputDir: '' }, "outputDir: received ; allowed is a folder, such as '.faultline'."],
] as const)('%j is told', ([options, message]) => {
  expect(() => new FaultlineReporter(options as never)).toThrowError(
    expect.objectContaining({ code: 'FAULTLINE_BAD_OPTION', message: expect.stringContaining(message) }),
  )
})
