import { relative } from 'node:path'
import type { TestContext } from 'vitest'
import { shellWord } from '../report/replay.ts'

/** The test file, relative to where the tests were started. */
export function testFileOf({ task }: TestContext): string {
  return relative(process.cwd(), task.file.filepath).replaceAll('\\', '/')
}

/** What runs the test again. */
export function commandOf(context: TestContext): string {
  return `npx vitest run ${shellWord(testFileOf(context))}`
}
