import { relative } from 'node:path'
import type { TestContext } from 'node:test'
import { shellWord } from '../report/replay.ts'

/** What runs the test again. */
export function commandOf({ filePath }: TestContext & { readonly filePath?: string }): string {
  const file =
    filePath === undefined ? '' : ` ${shellWord(relative(process.cwd(), filePath).replaceAll('\\', '/'))}`
  return `node --import faultline/register --test${file}`
}
