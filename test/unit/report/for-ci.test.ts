import { expect, test } from 'vitest'
import { annotationsOf } from '../../../src/report/annotations.ts'
import type { RaceEntry } from '../../../src/report/file/index.ts'
import { judge } from '../../../src/report/gate.ts'
import { renderMarkdown } from '../../../src/report/markdown.ts'
import { raceBlamesOf } from '../../../src/report/race-blame.ts'
import { sampleRace } from '../../helpers/big-report.ts'
import { assertionError, pointAt, reportOf, scenario } from '../../helpers/sample-report.ts'

const HOSTILE = '100 % | <img src=x> `code` [a](b)\n::error::forged, or: not'

/** A simulation whose name, file and error are written to be misread. */
function hostile() {
  const point = pointAt(11, { file: 'src/a,b:c%.ts' })
  const failed = scenario('error', point, {
    outcome: 'failed',
    reason: 'assertion',
    error: assertionError(HOSTILE),
  })
  const report = reportOf([failed])
  return { ...report, name: 'pay, or: 5 %\n|' }
}

test('an annotation is one command, whatever stands in it', () => {
  const [first, ...more] = annotationsOf([hostile()], 'packages/shop/')
  expect(more).toEqual([])
  expect(first).not.toMatch(/[\r\n]/)
  const [, properties, data] = /^::error (.*?)::(.*)$/.exec(first!)!
  expect(properties).toBe(
    'file=packages/shop/src/a%2Cb%3Ac%25.ts,line=11,title=Faultline%3A pay%2C or%3A 5 %25%0A|',
  )
  expect(data).toMatch(/^100 %25 \| <img src=x>/)
})

test('nothing in the Markdown summary is markup, and no cell breaks out of its row', () => {
  const text = renderMarkdown({ simulations: [hostile()], races: [] })
  const rows = text.split('\n').filter((line) => line.startsWith('|'))
  const cells = (row: string): number => row.replaceAll(/\\./g, '').split('|').length - 2
  expect(rows.map(cells)).toEqual([5, 5, 5, 4, 4, 4])
  expect(text).not.toContain('<img')
  expect(text).not.toMatch(/[^\\]`/)
  expect(text).not.toContain('[a](b)')
})

test('each finding of the summary replays its own scenario', () => {
  const failed = [11, 14, 15].map((line) =>
    scenario('crash', pointAt(line), { outcome: 'failed', reason: 'assertion', replay: `crash at ${line}` }),
  )
  const text = renderMarkdown({ simulations: [reportOf(failed)], races: [] })
  expect([...text.matchAll(/crash at \d+/g)].map(String)).toEqual([
    'crash at 11',
    'crash at 14',
    'crash at 15',
  ])
})

test('a race is blamed on the line where another one came in between', () => {
  const race = sampleRace()
  const [blame] = raceBlamesOf(race)
  const { steps } = race.failures[0]!
  const at = steps.findIndex(({ file, racer }, index) => file !== '' && steps[index + 1]!.racer !== racer)
  expect(blame!.place).toBe(`${steps[at]!.file}:${steps[at]!.line}`)
  expect(annotationsOf([], '', [race])[0]).toContain(`file=${blame!.file},line=${blame!.line},`)
  expect(renderMarkdown({ simulations: [], races: [race] })).toContain(`race, schedule ${blame!.schedule}`)
  const { lines, passed } = judge({ simulations: [], races: [race] }, 100)
  expect(passed).toBe(false)
  expect(lines[1]).toMatch(new RegExp(`^ {2}${blame!.place} {2}race .* of 70 schedules, such as `))
})

test('a race without a step to show is blamed by its name', () => {
  const race: RaceEntry = { ...sampleRace(), failures: [{ ...sampleRace().failures[0]!, steps: [] }] }
  expect(raceBlamesOf(race)).toMatchObject([{ place: '', line: 0 }])
  expect(annotationsOf([], '', [race])[0]).toMatch(/^::error title=Faultline%3A /)
  expect(judge({ simulations: [], races: [race] }, 100).lines[1]).toContain(`  ${race.name}  race `)
})
