import type { RaceData, RaceResult } from '../model/race.ts'
import { interleavingLines } from './interleaving.ts'
import { labelled, trimmed } from './layout.ts'
import { messageOf, paintDiff } from './message.ts'
import { type Paint, paintFor } from './paint.ts'
import { placeWords } from './place.ts'
import { replayLine } from './replay.ts'
import { sourceReader } from './source.ts'
import { type TerminalOptions, widthOf } from './terminal-options.ts'
import { oneLine, wrap } from './text.ts'
import { plural, reasonWords, took } from './words.ts'

/**
 * The report of an exploration of races for a terminal: the verdict, what was proven, and for each finding the
 * interleaving that leads to it.
 *
 * @example
 * ```ts
 * console.log(renderRaces(await exploreRaces(works, assertions)))
 * ```
 */
export function renderRaces(data: RaceData, options: TerminalOptions = {}): string {
  const paint = paintFor(options.colors)
  const width = widthOf(options)
  const lines = [...headLines(data, width, paint)]
  const source = sourceReader(data.root, options.readSource)
  for (const [index, told] of findingsOf(data).entries()) {
    lines.push('', paint.dim('─'.repeat(width)))
    lines.push(...findingLines(told.result, told.count, index, data, source, width, paint))
  }
  return trimmed(lines)
}

/** The failures, one of each cause: that with the fewest preemptions, and how many there are. */
function findingsOf({ failures }: RaceData): { result: RaceResult; count: number }[] {
  const causes = new Map<string, { result: RaceResult; count: number }>()
  for (const result of failures) {
    const key = `${result.outcome} ${result.reason} ${result.error?.message.split('\n', 1)[0]}`
    const known = causes.get(key)
    if (known === undefined) causes.set(key, { result, count: 1 })
    else {
      known.count++
      if (known.result.lines === undefined && result.lines !== undefined) known.result = result
    }
  }
  return [...causes.values()]
}

function headLines(
  { name, members, summary, wrongInSeries }: RaceData,
  width: number,
  paint: Paint,
): string[] {
  const { run, failed, flaky, guarantee, durationMs, shard } = summary
  const bad = failed + flaky
  const verdict =
    run === 0
      ? shard === undefined
        ? 'nothing was run'
        : 'no race of this shard'
      : wrongInSeries
        ? 'wrong without a race: one after the other, in series'
        : bad === 0
          ? `survived ${plural(run, 'schedule')}`
          : `${bad} of ${plural(run, 'schedule')} ${bad === 1 ? 'fails' : 'fail'}`
  const nothing = shard === undefined ? paint.red('✗') : paint.dim('–')
  const mark = run === 0 ? nothing : bad > 0 ? paint.red('✗') : paint.green('✓')
  const title = ` ${mark} ${paint.bold(oneLine(name))}  ${bad > 0 ? paint.red(verdict) : verdict}  ${paint.dim(`took ${took(durationMs)}`)}`
  const racers = members.map(({ letter, name: job }) => `${letter} ${oneLine(job)}`).join(' · ')
  return [title, ...labelled('racers', racers, width, paint), ...labelled('proven', guarantee, width, paint)]
}

function findingLines(
  result: RaceResult,
  count: number,
  index: number,
  data: RaceData,
  source: (file: string) => string | undefined,
  width: number,
  paint: Paint,
): string[] {
  const message = messageOf(result.error, reasonWords(result.reason ?? result.outcome), data.root)
  const lead = ` ✗ ${index + 1}  `
  const [first = '', ...more] = wrap(message.title, width - lead.length)
  const lines = [` ${paint.red('✗')} ${paint.bold(String(index + 1))}  ${paint.bold(first)}`]
  lines.push(...more.map((line) => `${' '.repeat(lead.length)}${paint.bold(line)}`))
  lines.push(...message.rest.map((line) => `      ${paintDiff(line, paint)}`))
  const words = [reasonWords(result.outcome === 'flaky' ? 'flaky' : (result.reason ?? result.outcome))]
  words.push(plural(result.preemptions, 'preemption'))
  if (count > 1) words.push(`${plural(count, 'schedule')} like this`)
  lines.push('', `   ${paint.yellow(words.join(' · '))}`, `   schedule ${paint.cyan(result.schedule)}`)
  for (const { fault, point } of result.faults) {
    const text = `${fault} ${placeWords(point)}, in ${oneLine(point.jobId)}`
    lines.push(...wrap(text, width - 3).map((line) => `   ${paint.red(line)}`))
  }
  for (const { letter, by, at, certain } of result.blocked) {
    const whom = by.length === 0 ? 'something' : by.join(' and ')
    const where = at === '' ? '' : ` at ${at}`
    lines.push(
      paint.dim(
        `   ${letter} waited for ${whom}${where}${certain ? '' : ' (potential: a grace period decided)'}`,
      ),
    )
  }
  if (result.lines !== undefined && result.lines.length > 0)
    lines.push('', ...interleavingLines(result.lines, data.members, source, width, paint))
  lines.push('')
  if (message.hint !== undefined) lines.push(...labelled('hint', message.hint, width, paint))
  if (result.replay !== '')
    lines.push(`   ${paint.dim('replay    ')}${paint.cyan(replayLine(result.replay, data.command))}`)
  return lines
}
