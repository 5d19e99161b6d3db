import type { FaultName, SimulationData } from '../model/result.ts'
import { headlineOf } from './headline.ts'
import { flow, labelled, MARGIN } from './layout.ts'
import type { Paint } from './paint.ts'
import { cut, oneLine, textWidth, wrap } from './text.ts'
import { number, percent, plural, took } from './words.ts'

const REASONS_MAX = 12
const LABEL = 16

/** Name, verdict, counts: the head of a report. */
export function overviewLines(data: SimulationData, width: number, paint: Paint): string[] {
  const { good, text, counted } = headlineOf(data)
  const badge = (good ? paint.bgGreen : paint.bgRed)(paint.black(paint.bold(' FAULTLINE ')))
  const [name = '', ...more] = wrap(oneLine(data.name), width - 13)
  const verdict = (good ? paint.green : paint.red)(paint.bold(`${good ? '✓' : '✗'} ${text}`))
  const share = counted ? `resilience ${percent(data.summary.resilience)}` : ''
  const needed = 13 + textWidth(name) + 3 + textWidth(text) + 2 + (share === '' ? 0 : share.length + 3)
  const tail = share === '' ? verdict : `${verdict}   ${share}`
  const title = `${badge} ${paint.bold(name)}`
  const head =
    more.length === 0 && needed <= width
      ? [`${title}   ${tail}`]
      : [title, ...more.map((line) => `${' '.repeat(12)}${paint.bold(line)}`), `${MARGIN}${tail}`]
  const facts = [counts(data, counted), setting(data)].flatMap((row) => flow(row, width - MARGIN.length))
  return [...head, ...facts.map((line) => MARGIN + paint.dim(line))]
}

/** What was not tested, and why; empty where all was. */
export function coverageLines({ summary }: SimulationData, width: number, paint: Paint): string[] {
  const left = reasons(summary.notCovered)
  if (left.length === 0 && summary.skipped > 0) left.push(`${plural(summary.skipped, 'scenario')}, not run`)
  if (left.length === 0 && !summary.exhaustive) left.push('some hits or places; this run was not exhaustive')
  const rows: [string, string[]][] = [
    ['not covered', left],
    ['not applicable', reasons(summary.notApplicable)],
  ]
  return rows.flatMap(([label, texts]) =>
    texts.flatMap((text, index) => labelled(index === 0 ? label : '', text, width, paint, LABEL)),
  )
}

/** The whole simulation on one line. */
export function summaryLine(data: SimulationData, width: number, paint: Paint): string {
  const { good, text, counted } = headlineOf(data)
  const ink = good ? paint.green : paint.red
  const facts = counted ? [plural(data.summary.points, 'point'), took(data.summary.durationMs)] : []
  const room = width - textWidth(text) - 4
  const name = cut(oneLine(data.name), Math.max(10, room))
  const [only] = data.causes
  const why = only?.reason === 'not-run' ? oneLine(only.message) : ''
  const left = room - textWidth(name) - 2
  const tail =
    why !== '' && left > 10 ? `  ${cut(why, left)}` : facts.length === 0 ? '' : `  ${facts.join(' · ')}`
  const whole = textWidth(name) + textWidth(tail) <= room
  return `${ink(good ? '✓' : '✗')} ${name}  ${ink(text)}${whole ? paint.dim(tail) : ''}`
}

function counts({ summary, causes }: SimulationData, counted: boolean): string[] {
  const { points, scenarios, survived, failed, unreached, flaky, beyondPolicy, skipped, exhaustive } = summary
  const out = points === 0 && !counted ? [] : [plural(points, 'point')]
  if (!counted) return out
  if (causes.length > 0) out.unshift(plural(causes.length, 'finding'))
  // The headline tells how many were judged; the baseline and what policy excuses make it another number.
  if (scenarios !== survived + failed + unreached + flaky) out.push(plural(scenarios, 'scenario'))
  out.push(`${number(survived)} survived`)
  if (failed > 0) out.push(`${number(failed)} failed`)
  if (unreached > 0) out.push(`${number(unreached)} never reached`)
  if (flaky > 0) out.push(`${number(flaky)} flaky`)
  if (beyondPolicy > 0) out.push(`${number(beyondPolicy)} beyond policy`)
  if (skipped > 0) out.push(`${number(skipped)} not run`)
  out.push(exhaustive ? 'exhaustive' : 'not exhaustive')
  return out
}

function setting({ summary, scenarios }: SimulationData): string[] {
  const faults = new Set<FaultName>()
  for (const scenario of scenarios) for (const { fault } of scenario.faults) faults.add(fault)
  const out = faults.size === 0 ? [] : [`faults ${[...faults].join(', ')}`]
  out.push(
    `seed ${summary.seed}`,
    `clock from ${oneLine(summary.now).replace('.000Z', 'Z')}`,
    `took ${took(summary.durationMs)}`,
  )
  return out
}

function reasons(why: Readonly<Record<string, string>>): string[] {
  const texts = Object.entries(why).map(([what, text]) => oneLine(`${what}: ${text}`))
  const more = texts.splice(REASONS_MAX).length
  return more > 0 ? [...texts, `and ${plural(more, 'more reason')}`] : texts
}
