import type { Cause, ScenarioResult } from '../model/result.ts'
import { codeFrame, type FrameNote } from './code-frame.ts'
import type { FindingContext } from './finding-context.ts'
import { flow, labelled, MARGIN } from './layout.ts'
import { inSource, type Site, siteOf } from './place.ts'
import { alsoWords, type Struck, struckBy, struckWords } from './struck.ts'
import { oneLine, wrap } from './text.ts'
import { plural } from './words.ts'

/** What is said at the line to blame; else it let an error pass by its `catch`. */
const BLAMED: Record<string, string> = {
  unsettled: 'not awaited',
  rejection: 'not awaited',
  undrained: 'enqueued here',
  runaway: 'over and over',
  hung: 'waits here',
}

/** The frame of a finding. */
export interface FindingFrame {
  readonly lines: string[]
  /** The lines are code. */
  readonly framed?: boolean
  /** What the frame does not show. */
  readonly elsewhere: readonly Struck[]
}

/** The source where a finding struck, and the places that it does not show. */
export function frameOf(
  cause: Cause,
  index: number,
  scenarios: readonly ScenarioResult[],
  context: FindingContext,
): FindingFrame {
  const struck = struckBy(scenarios, context.around)
  const told = scenarios[0]
  const point = told?.faults.at(-1)?.point ?? cause.point
  const main = blamedSite(cause) ?? (point === undefined ? undefined : siteOf(point))
  const others = told?.faults.length === 1 && cause.blame === undefined ? struck.slice(1) : struck
  if (main === undefined || !inSource(main)) return { lines: [], elsewhere: others }
  const source = context.source(main.file)
  if (source === undefined)
    return { lines: missing(`(the source of ${main.file} could not be read)`, context), elsewhere: others }
  const notes =
    cause.blame === undefined
      ? notesOf(told, main, struck, others)
      : [
          ...notesOf(told, main, struck, [])
            .filter(({ line }) => line !== main.line)
            .map((other) => ({ ...other, main: false })),
          note(main, BLAMED[cause.reason] ?? 'returned without await', true),
        ]
  const { width, paint } = context
  const verdicts = context.verdicts.get(main.file)
  const frame = codeFrame({ source, verdicts, notes, width, paint, finding: index + 1 })
  if (frame.lines.length === 0)
    return {
      lines: missing(`(${main.file} has no line ${main.line}: it has changed)`, context),
      elsewhere: others,
    }
  const elsewhere = others.filter(({ site }) => site.file !== main.file || !frame.shown.has(site.line))
  return { lines: frame.lines, elsewhere, framed: true }
}

function blamedSite({ blame }: Cause): Site | undefined {
  return blame === undefined ? undefined : { file: blame.file, line: blame.line, kind: 'line' }
}

function missing(text: string, { paint, width }: FindingContext): string[] {
  return wrap(oneLine(text), width - MARGIN.length).map((line) => MARGIN + paint.dim(line))
}

function notesOf(
  told: ScenarioResult | undefined,
  main: Site,
  struck: readonly Struck[],
  others: readonly Struck[],
): FrameNote[] {
  const faults = told?.faults ?? []
  const notes: FrameNote[] = []
  faults.forEach(({ fault, point }, index) => {
    const site = siteOf(point)
    if (site.file !== main.file) return
    const words =
      faults.length === 1 && struck[0] ? struckWords(struck[0], 'here') : `${index + 1}. ${fault} here`
    notes.push(note(site, words, index === faults.length - 1))
  })
  if (notes.length === 0) notes.push(note(main, 'here', true))
  for (const place of others)
    if (place.site.file === main.file) notes.push(note(place.site, struckWords(place, 'here too'), false))
  return notes
}

function note(site: Site, text: string, main: boolean): FrameNote {
  const above = site.kind === 'line' || site.kind === 'call'
  const column = site.column === undefined ? {} : { column: site.column }
  return { line: site.line, ...column, above, text, main }
}

/** The further places of a finding, in few words. */
export function alsoLines(
  elsewhere: readonly Struck[],
  scenarios: readonly ScenarioResult[],
  cause: Cause,
  { width, paint }: FindingContext,
): string[] {
  const file = scenarios[0]?.faults.at(-1)?.point.file ?? cause.point?.file ?? ''
  const phrases = alsoWords(elsewhere, file)
  const several = scenarios.slice(1).filter(({ faults }) => faults.length > 1).length
  if (several > 0) phrases.push(`${plural(several, 'scenario')} of several faults`)
  if (phrases.length === 0) return []
  return [...labelled('also at', flow(phrases, width - MARGIN.length - 10).join('\n'), width, paint)]
}
