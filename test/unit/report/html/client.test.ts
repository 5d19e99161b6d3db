import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { GENERATED, reportClient } from '../../../../scripts/report-client.ts'

test('the generated script and style are those of client/: `npm run report-client` makes them', async () => {
  expect((await reportClient()) === readFileSync(GENERATED, 'utf8')).toBe(true)
})
