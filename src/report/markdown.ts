import type { SimulationData } from '../model/result.ts'
import { type Blame, blamesOf } from './blame.ts'
import type { RaceEntry } from './file/index.ts'
import { headlineOf } from './headline.ts'
import { type RaceBlame, raceBlamesOf } from './race-blame.ts'
import { replayLine } from './replay.ts'
import { oneLine } from './text.ts'
import { percent, plural } from './words.ts'

const FINDINGS_MAX = 50

/** What is summed up. */
export interface Summed {
  readonly simulations: readonly SimulationData[]
  readonly races: readonly RaceEntry[]
}

/**
 * The report as Markdown, for the page of a CI job: a table of the simulations, and what each failure is blamed on.
 *
 * @example
 * ```ts
 * appendFileSync(summaryFile, renderMarkdown({ simulations: [report], races: [] }))
 * ```
 */
export function renderMarkdown({ simulations, races }: Summed): string {
  const lines = [
    '## Faultline',
    '',
    '| | simulation | scenarios | resilience | |',
    '|---|---|---:|---:|---|',
    ...simulations.map(row),
    ...races.map(raceRow),
  ]
  const findings = [
    ...simulations.flatMap((data) => blamesOf(data).map((blame) => () => finding(blame, data))),
    ...races.flatMap((race) => raceBlamesOf(race).map((blame) => () => raceFinding(blame, race))),
  ]
  if (findings.length > 0) {
    lines.push('', '### Findings', '', '| where | faults | what | replay |', '|---|---|---|---|')
    lines.push(...findings.slice(0, FINDINGS_MAX).map((print) => print()))
  }
  if (findings.length > FINDINGS_MAX) lines.push('', `and ${findings.length - FINDINGS_MAX} more`)
  return `${lines.join('\n')}\n`
}

function row(data: SimulationData): string {
  const { good, text } = headlineOf(data)
  const { scenarios, resilience } = data.summary
  return `| ${good ? '✅' : '❌'} | ${cell(data.name)} | ${scenarios} | ${percent(resilience)} | ${cell(text)} |`
}

function raceRow({ name, summary, shard }: RaceEntry): string {
  const share = summary.run === 0 ? '–' : percent((summary.run - summary.failed) / summary.run)
  const mark = shard !== undefined ? '➖' : summary.failed === 0 && summary.run > 0 ? '✅' : '❌'
  return `| ${mark} | ${cell(name)} | ${summary.run} | ${share} | ${cell(summary.guarantee)} |`
}

function finding({ place, faults, scenarios, reason, message, replay }: Blame, data: SimulationData): string {
  const none = reason === 'not-run' ? 'could not be run' : 'none'
  const struck =
    faults.length === 0 || reason === 'not-run'
      ? none
      : `${faults.join(', ')} (${plural(scenarios, 'scenario')})`
  return `| ${code(place || data.name)} | ${struck} | ${cell(message)} | ${again(replay, data.command)} |`
}

function raceFinding({ place, schedule, message, replay }: RaceBlame, { name, command }: RaceEntry): string {
  return `| ${code(place || name)} | race, schedule ${cell(schedule)} | ${cell(message)} | ${again(replay, command)} |`
}

function again(replay: string, command: string | undefined): string {
  return replay === '' ? '' : code(replayLine(replay, command))
}

/** Text in a cell of a table: nothing in it is markup. */
function cell(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_[\]|#!~]/g, '\\$&')
}

/** Code in a cell of a table, whatever backticks it holds. */
function code(text: string): string {
  const line = oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('|', '&#124;')
  return `<code>${line.replaceAll('`', '&#96;').replace(/[\\*_[\]]/g, (character) => `&#${character.charCodeAt(0)};`)}</code>`
}
