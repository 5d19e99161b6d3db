import { readFileSync } from 'node:fs'
import path from 'node:path'
import { classifier, NODE_TEST_FILES } from '../loader/first-party.ts'
import { slashed, within } from '../loader/globs.ts'
import { checkedOptions } from '../loader/options.ts'
import { nearestPackage } from '../loader/package-json.ts'
import type { Place } from '../model/point.ts'
import { plural } from '../report/words.ts'
import { placesOf } from '../runtime/places.ts'
import { transform } from '../transform/transform.ts'
import { type Command, exitCodes } from './command.ts'
import { usedWrongly } from './used-wrongly.ts'

/** `faultline points`. */
export const points: Command = {
  name: 'points',
  takes: '<file>…',
  about: 'Lists the failure points of source files, with their keys',
  teaches: `
A point is a place where a delivery can fail: before a line, on entry of a function, after an await, before a return.
The key is what glitches take: glitchBeforeLine('src/jobs/charge.ts:14'). A run may reach a place several times, and each
is a point of its own. Where nothing can throw (\`-\` in the second column), only a crash can strike.

Example:
  npx faultline points src/jobs/charge.ts

Exit codes: 0 listed, 2 a file is missing or cannot be parsed.
`,
  options: { json: { type: 'boolean', about: 'one JSON array instead of a table' } },
  run({ positionals, values, cwd, print }) {
    if (positionals.length === 0)
      throw usedWrongly('points needs a source file: received none.', 'faultline points src/jobs/charge.ts')
    const files = positionals.map((name) => ({ name, ...placesIn(name, cwd) }))
    if (values.json === true)
      print(
        JSON.stringify(
          files.flatMap(({ places }) => places),
          undefined,
          2,
        ),
      )
    else for (const file of files) print(table(file))
    return exitCodes.survived
  },
}

interface Found {
  readonly places: readonly Place[]
  readonly lines: readonly string[]
  /** Why there are none, or not all. */
  readonly note?: string
}

function placesIn(name: string, cwd: string): Found {
  const absolute = slashed(path.resolve(cwd, name))
  const source = sourceOf(absolute, name)
  const nearest = nearestPackage(path.dirname(absolute))
  const root = slashed(nearest?.folder ?? cwd)
  const globs = checkedOptions(nearest?.data.faultline, `"faultline" in ${root}/package.json`)
  const { scope, reason } = classifier({ root, ...globs, testFiles: NODE_TEST_FILES })(absolute)
  const lines = source.split('\n')
  if (scope === 'none') return { places: [], lines, note: `not instrumented, because it is ${reason}` }
  const file = within(absolute, root) ?? absolute
  const result = transform(source, { file, root, scope })
  const table = JSON.stringify(result?.points ?? [])
  const places = placesOf({ path: file, table })
  if (scope === 'whole') return { places, lines }
  return { places, lines, note: `${reason}: only what is written in a call of Faultline's makers` }
}

function sourceOf(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw usedWrongly(`'${name}' cannot be read: ${code === 'ENOENT' ? 'there is no such file' : code}.`)
  }
}

function table({ name, places, lines, note }: Found & { readonly name: string }): string {
  const rows = places.flatMap((place) =>
    [place, ...place.also.map((also) => ({ ...place, ...also }))].map(({ kind, key, line, canFail }, at) => [
      at === 0 ? '•' : ' ',
      canFail ? 'error' : '-',
      kind,
      key,
      (lines[line - 1] ?? '').trim(),
    ]),
  )
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)))
  const text = rows.map((row) =>
    `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd(),
  )
  const head = `${name}: ${plural(places.length, 'point')}${note === undefined ? '' : ` (${note})`}`
  return [head, ...text].join('\n')
}
