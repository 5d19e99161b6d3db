import type { SimulationData } from '../model/result.ts'
import { findingLine, findingText } from './finding.ts'
import type { FindingContext } from './finding-context.ts'
import { legend } from './gutter.ts'
import { trimmed } from './layout.ts'
import { coverageLines, overviewLines, summaryLine } from './overview.ts'
import { type Paint, paintFor } from './paint.ts'
import { surroundingsOf } from './place.ts'
import { sourceReader } from './source.ts'
import { type TerminalOptions, widthOf } from './terminal-options.ts'
import { verdictsOf } from './verdicts.ts'
import { plural } from './words.ts'

export type { TerminalOptions } from './terminal-options.ts'

const CAUSES_MAX = 10
const BRIEF_MAX = 20

/**
 * The report of a simulation for a terminal: the verdict, every finding with its place in the source, what
 * happened, how to see it again and what to do, and what was not covered.
 *
 * @example
 * ```ts
 * console.log(renderTerminal(await simulate(work, assertions)))
 * ```
 */
export function renderTerminal(data: SimulationData, options: TerminalOptions = {}): string {
  const paint = paintFor(options.colors)
  const width = widthOf(options)
  const lines = overviewLines(data, width, paint)
  const coverage = coverageLines(data, width, paint)
  if (data.causes.length === 0) return trimmed([...lines, ...coverage])
  const context = contextOf(data, options, width, paint)
  const full = data.causes.slice(0, options.maxCauses ?? CAUSES_MAX)
  const texts = full.map((cause, index) => findingText(cause, index, context))
  for (const text of texts) lines.push('', paint.dim('─'.repeat(width)), ...text.lines)
  lines.push('', paint.dim('─'.repeat(width)))
  const brief = data.causes.slice(full.length, full.length + BRIEF_MAX)
  lines.push(...brief.map((cause, index) => findingLine(cause, full.length + index, context)))
  const untold = data.causes.length - full.length - brief.length
  if (untold > 0) lines.push(paint.dim(`   and ${plural(untold, 'more finding')}`))
  // Said again at the end: a long report scrolls its head away.
  const verdict = [` ${summaryLine(data, width - 1, paint)}`]
  const marks = texts.some(({ framed }) => framed) ? legend(width, paint) : []
  const tail = [marks, coverage, verdict].filter((block) => block.length > 0)
  for (const [index, block] of tail.entries())
    lines.push(...(index === 0 && brief.length === 0 ? [] : ['']), ...block)
  return trimmed(lines)
}

/**
 * A simulation on one line: its name and the verdict.
 *
 * @example
 * ```ts
 * renderSummaryLine(report) // ✓ fulfil order  survived all 41 scenarios  14 points · 120 ms
 * ```
 */
export function renderSummaryLine(data: SimulationData, options: TerminalOptions = {}): string {
  return summaryLine(data, widthOf(options), paintFor(options.colors))
}

function contextOf(
  data: SimulationData,
  options: TerminalOptions,
  width: number,
  paint: Paint,
): FindingContext {
  return {
    data,
    scenarios: new Map(data.scenarios.concat(data.failures).map((scenario) => [scenario.id, scenario])),
    verdicts: verdictsOf(data),
    around: surroundingsOf(data.points),
    source: sourceReader(data.root, options.readSource),
    startMs: startOf(data),
    width,
    paint,
  }
}

/** Where the virtual clock started; what happened first, where that is unknown. */
function startOf(data: SimulationData): number {
  const start = Date.parse(data.summary.now)
  if (!Number.isNaN(start)) return start
  return data.failures.find(({ timeline }) => timeline.length > 0)?.timeline[0]?.at ?? 0
}
