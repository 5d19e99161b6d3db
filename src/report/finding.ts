import type { Cause, ScenarioResult } from '../model/result.ts'
import type { FindingContext } from './finding-context.ts'
import { alsoLines, frameOf } from './finding-frame.ts'
import { isBare, reasonOf } from './headline.ts'
import { hintFor } from './hints.ts'
import { labelled, MARGIN } from './layout.ts'
import { type Message, messageOf, paintDiff } from './message.ts'
import { hitWords, location, placeWords } from './place.ts'
import { replayLine } from './replay.ts'
import { cut, oneLine, textWidth, wrap } from './text.ts'
import { timelineLines } from './timeline.ts'
import { reasonWords } from './words.ts'

/** A finding as it is printed. */
export interface FindingText {
  readonly lines: string[]
  /** It shows code, with verdicts. */
  readonly framed: boolean
}

/** One finding, told in full. */
export function findingText(cause: Cause, index: number, context: FindingContext): FindingText {
  const scenarios = cause.scenarios.flatMap((id) => context.scenarios.get(id) ?? [])
  const told = scenarios[0]
  const message = messageOf(told?.error, cause.message, context.data.root)
  const frame = frameOf(cause, index, scenarios, context)
  const blocks = [
    [...titleLines(cause, index, message, told, context), ...rest(message, context)],
    [...strikeLines(cause, told, context), ...blameLine(cause, context), ...thrownLine(message, context)],
    frame.lines,
    alsoLines(frame.elsewhere, scenarios, cause, context),
    ...timelines(told, context),
    [...marks(told, context), ...advice(cause, told, message, context)],
  ].filter((block) => block.length > 0)
  return {
    lines: blocks.flatMap((block, at) => (at === 0 ? block : ['', ...block])),
    framed: frame.framed ?? false,
  }
}

function thrownLine({ thrownAt }: Message, { width, paint }: FindingContext): string[] {
  return thrownAt === undefined
    ? []
    : [MARGIN + paint.dim(cut(`thrown at ${thrownAt}`, width - MARGIN.length))]
}

function blameLine({ blame }: Cause, { width, paint }: FindingContext): string[] {
  if (blame === undefined) return []
  const text = `to blame: ${blame.file}:${blame.line}${blame.function === '' ? '' : ` in ${blame.function}`}`
  return wrap(oneLine(text), width - MARGIN.length - 2).map(
    (line, at) => `${MARGIN}${at > 0 ? '  ' : ''}${paint.bold(line)}`,
  )
}

/** What to do, and how to see it again. */
function advice(
  cause: Cause,
  told: ScenarioResult | undefined,
  message: Message,
  { data, width, paint }: FindingContext,
): string[] {
  const hint = message.hint ?? hintFor(cause.reason, told)
  const lines = hint === undefined ? [] : labelled('hint', oneParagraph(hint), width, paint)
  if (told === undefined || told.replay === '') return lines
  return [...lines, `${MARGIN}${paint.dim('replay    ')}${paint.cyan(replayLine(told.replay, data.command))}`]
}

/** One finding on one line, where there are too many. */
export function findingLine(cause: Cause, index: number, context: FindingContext): string {
  const told = context.scenarios.get(cause.scenarios[0] ?? '')
  const point = cause.point ?? told?.faults[0]?.point
  const where = point === undefined ? '' : `${location(point)}  `
  const message = messageOf(told?.error, cause.message, context.data.root)
  const title = message.title || reasonWords(cause.reason)
  return ` ${context.paint.red('✗')} ${cut(`${index + 1}  ${where}${oneLine(title)}`, context.width - 3)}`
}

function oneParagraph(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
}

function titleLines(
  cause: Cause,
  index: number,
  message: Message,
  told: ScenarioResult | undefined,
  { width, paint }: FindingContext,
): string[] {
  const number = String(index + 1)
  const lead = ` ✗ ${number}  `
  const reason = oneLine(reasonOf(cause.reason, told))
  const [first = '', ...more] = wrap(message.title || reason, width - lead.length)
  const head = ` ${paint.red('✗')} ${paint.bold(number)}  ${paint.bold(first)}`
  const lines = more.map((line) => `${' '.repeat(lead.length)}${paint.bold(line)}`)
  // The message may say it itself: "The final state differs from …".
  if (message.title === '' || message.title.toLowerCase().includes(reason)) return [head, ...lines]
  const gap = width - lead.length - textWidth(first) - textWidth(reason)
  if (gap >= 2) return [`${head}${' '.repeat(gap)}${paint.yellow(reason)}`, ...lines]
  return [head, ...lines, `${' '.repeat(lead.length)}${paint.yellow(reason)}`]
}

function rest(message: Message, { width, paint }: FindingContext): string[] {
  return message.rest.flatMap((line) => {
    const indent = /^ {0,40}/.exec(line)![0]
    const pieces = wrap(line.slice(indent.length), width - MARGIN.length - 3 - indent.length)
    return pieces.map((piece) => `${MARGIN}   ${indent}${paintDiff(piece, paint)}`)
  })
}

/** The faults and where they struck; numbered where there are several. */
function strikeLines(cause: Cause, told: ScenarioResult | undefined, context: FindingContext): string[] {
  const { width, paint, around } = context
  const faults = told?.faults ?? []
  if (told !== undefined && faults.length === 0 && !isBare(told))
    return [`${MARGIN}${paint.red(paint.bold(told.id))}, without any fault`]
  if (faults.length === 0)
    return cause.point === undefined
      ? []
      : wrapped(placeWords(cause.point), width).map((line) => MARGIN + line)
  return faults.flatMap(({ fault, point }, index) => {
    const hits = hitWords(point, around)
    const number = faults.length > 1 ? `${index + 1}. ` : ''
    const text = `${number}${fault} ${placeWords(point)}${hits === '' ? '' : ` (${hits})`}`
    const [first = '', ...more] = wrapped(text, width)
    const start = number.length + fault.length
    const painted = `${number}${paint.red(paint.bold(fault))}${first.slice(start)}`
    return [`${MARGIN}${painted}`, ...more.map((line) => `${MARGIN}  ${line}`)]
  })
}

function wrapped(text: string, width: number): string[] {
  return wrap(text, width - MARGIN.length - 2)
}

function timelines(told: ScenarioResult | undefined, context: FindingContext): string[][] {
  if (told === undefined) return []
  const { otherTimeline } = told
  const runs: [string, ScenarioResult['timeline']][] =
    otherTimeline === undefined
      ? [[told.timing === 'real' ? 'timeline' : 'timeline, in virtual time', told.timeline]]
      : [
          ['timeline of the run that failed, in virtual time', told.timeline],
          ['timeline of the run that passed', otherTimeline],
        ]
  const { width, startMs, paint } = context
  return runs.map(([title, events]) => {
    if (events.length === 0) return []
    const lines = timelineLines(events, startMs, width - MARGIN.length - 2, paint)
    return [`${MARGIN}${paint.dim(title)}`, ...lines.map((line) => `${MARGIN}  ${line}`)]
  })
}

function marks(told: ScenarioResult | undefined, { width, paint }: FindingContext): string[] {
  const notes: string[] = []
  if (told?.approximate !== undefined) notes.push(`approximate: ${oneLine(told.approximate)}`)
  if (told?.timing === 'real')
    notes.push('timing: real. This verdict depended on how long something really took.')
  return notes.flatMap((text) => labelled('note', text, width, paint))
}
