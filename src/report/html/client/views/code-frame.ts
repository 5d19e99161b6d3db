import type { Point } from '../../../../model/point.ts'
import type { FaultName, ScenarioResult } from '../../../../model/result.ts'
import { inSource, type Site, siteOf } from '../../../place.ts'
import { alsoWords, struckBy, struckWords } from '../../../struck.ts'
import { printRoute } from '../../route.ts'
import type { Report, Sim } from '../data.ts'
import { el, oneLine } from '../dom.ts'
import { codeLine, gutterHead } from './code-lines.ts'

const AROUND = 4

interface Note {
  readonly line: number
  /** It struck before the line ran. */
  readonly above: boolean
  readonly words: string
  readonly main: boolean
}

/** The source where a finding struck, and where its other scenarios did. */
export function strikeFrame(
  report: Report,
  sim: Sim,
  told: ScenarioResult,
  scenarios: readonly ScenarioResult[],
  point: Point | undefined,
): HTMLElement | undefined {
  if (point === undefined) return undefined
  const main = siteOf(point)
  if (!inSource(main)) return undefined
  const lines = report.lines(main.file)
  if (lines === undefined || lines.length < main.line)
    return el('p', { class: 'dim' }, `The source of ${oneLine(main.file)} is not in this report.`)
  const struck = struckBy(scenarios, sim.around)
  const notes = notesOf(told, main.file, struck)
  const from = Math.max(
    1,
    Math.min(main.line, ...notes.filter((note) => near(note, main.line)).map(({ line }) => line)) - AROUND,
  )
  const to = Math.min(
    lines.length,
    Math.max(main.line, ...notes.filter((note) => near(note, main.line)).map(({ line }) => line)) + AROUND,
  )
  const shown = notes.filter(({ line }) => line >= from && line <= to)
  const others = struck.filter(({ site }) => site.file !== main.file || site.line < from || site.line > to)
  const also = alsoWords(others, main.file)
  const faults = faultsIn(sim, main.file, from, to)
  const rows = lines.slice(from - 1, to).flatMap((tokens, index) => {
    const line = from + index
    const here = shown.filter((note) => note.line === line)
    const families = sim.marks.get(main.file)?.get(line)
    const className = here.some((note) => note.main) ? 'struck' : here.length > 0 ? 'struck-too' : ''
    return [
      ...here.filter(({ above }) => above).map(noteLine),
      codeLine({ line, tokens, faults, families, className }),
      ...here.filter(({ above }) => !above).map(noteLine),
    ]
  })
  return el(
    'div',
    {},
    el(
      'div',
      { class: 'frame' },
      frameHead(sim, main),
      el(
        'div',
        { class: 'code', tabindex: '0', role: 'region', 'aria-label': `Source of ${oneLine(main.file)}` },
        gutterHead(faults),
        ...rows,
      ),
    ),
    also.length === 0 ? undefined : el('p', { class: 'dim also' }, `also at ${also.join(', ')}`),
  )
}

function frameHead({ slug }: Sim, { file, line }: Site): HTMLElement {
  const href = printRoute({ view: 'sim', slug, tab: 'source', file, line })
  return el('div', { class: 'frame-head' }, el('a', { class: 'path', href }, `${oneLine(file)}:${line}`))
}

function near({ line }: Note, main: number): boolean {
  return Math.abs(line - main) <= 3 * AROUND
}

function notesOf({ faults }: ScenarioResult, file: string, struck: ReturnType<typeof struckBy>): Note[] {
  const notes: Note[] = []
  const add = (site: { line: number; kind: string }, words: string, main: boolean): void => {
    notes.push({ line: site.line, above: site.kind === 'line' || site.kind === 'call', words, main })
  }
  const single = faults.length === 1
  if (!single)
    faults.forEach(({ fault, point }, index) => {
      const site = siteOf(point)
      if (site.file === file) add(site, `${index + 1}. ${fault} here`, index === faults.length - 1)
    })
  struck.forEach((place, index) => {
    if (place.site.file === file)
      add(place.site, struckWords(place, single && index === 0 ? 'here' : 'here too'), single && index === 0)
  })
  return notes
}

function noteLine({ words, main, above }: Note): HTMLElement {
  return el(
    'div',
    { class: `note ${above ? 'note-above' : ''} ${main ? 'note-main' : ''}` },
    el('span', {}, oneLine(words)),
  )
}

function faultsIn(sim: Sim, file: string, from: number, to: number): FaultName[] {
  const lines = sim.marks.get(file)
  return sim.faults.filter((fault) => {
    for (let line = from; line <= to; line++) if (lines?.get(line)?.has(fault)) return true
    return false
  })
}
