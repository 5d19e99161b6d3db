import { expect, test } from 'vitest'
import type { SimulationData } from '../../../src/model/result.ts'
import { annotationsOf } from '../../../src/report/annotations.ts'
import {
  mergeReportFiles,
  notRun,
  parseReportFile,
  type ReportFile,
  reportFileOf,
  restoredSimulation,
  serializeReportFile,
} from '../../../src/report/file/index.ts'
import { type GateVerdict, judge } from '../../../src/report/gate.ts'
import { renderMarkdown } from '../../../src/report/markdown.ts'
import { renderSummaryLine, renderTerminal } from '../../../src/report/terminal.ts'
import { sampleRace } from '../../helpers/big-report.ts'
import { ROOT, readSample, reportOf, START, survivors, threeBugs } from '../../helpers/sample-report.ts'

const testFile = 'test/checkout.test.ts'
const error = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), {
  stack: `Error: connect ECONNREFUSED\n    at setup (${ROOT}/test/world.ts:20:3)`,
})
const broken = notRun({ name: 'fulfil order', error, root: ROOT, command: 'npx vitest run', nowMs: START })

const fileOf = (
  report: SimulationData,
  shard?: { index: number; count: number; others: number },
): ReportFile =>
  reportFileOf({
    simulations: [{ report, testFile, ...(shard && { shard }) }],
    readSource: readSample,
  })
const gate = (file: ReportFile, min = 0): GateVerdict => {
  const read = parseReportFile(serializeReportFile(file), 'report.json')
  return judge({ simulations: read.simulations.map(restoredSimulation), races: read.races }, min)
}

test('the gate names what could not be run, whatever the threshold', () => {
  const file = { ...fileOf(reportOf(survivors())), simulations: [] }
  const both = {
    ...file,
    simulations: [
      ...fileOf(reportOf(survivors())).simulations,
      ...fileOf({ ...broken, name: 'refund' }).simulations,
    ],
  }
  const count = survivors().length
  expect(gate(both)).toMatchObject({
    passed: false,
    lines: [
      expect.stringContaining(`of ${count + 1} scenarios survived; 1 could not be run; the minimum is 0 %`),
      '  refund  could not be run:  connect ECONNREFUSED 127.0.0.1:5432',
    ],
  })
})

test('of several simulations, the lines tell which, and what was left out is said', () => {
  const left = {
    skipped: 3,
    notCovered: { hits: '3 hits beyond the first, second, third and last of a place' },
  }
  const { lines } = judge({ simulations: [threeBugs(), reportOf(survivors(), left)], races: [] }, 100)
  expect(lines[1]).toMatch(/^ {2}src\/jobs\/checkout\.ts:\d+ {2}fulfil order · \w+.* · \d+ scenarios? {2}/)
  expect(lines.at(-1)).toBe(
    '  fulfil order: not covered: 3 hits beyond the first, second, third and last of a place',
  )
})

test('one scenario that could not be run is no question of a threshold', () => {
  const [first, ...more] = survivors()
  const failed = { ...first!, outcome: 'failed', reason: 'not-run', error } as const
  const verdict = judge({ simulations: [reportOf([failed, ...more])], races: [] }, 1)
  expect([verdict.passed, verdict.lines[0]]).toEqual([false, expect.stringContaining('1 could not be run')])
})

test('every reader tells it', async () => {
  await expect(`${renderTerminal(broken, { colors: false, width: 80 })}\n`).toMatchFileSnapshot(
    'reports/not-run.txt',
  )
  expect(renderSummaryLine(broken, { colors: false, width: 80 })).toBe(
    '✗ fulfil order  could not be run  connect ECONNREFUSED 127.0.0.1:5432',
  )
  expect(annotationsOf([broken])).toEqual([
    '::error file=test/world.ts,line=20,title=Faultline%3A fulfil order::could not be run: connect ECONNREFUSED 127.0.0.1:5432',
  ])
  const text = renderMarkdown({ simulations: [broken], races: [] })
  expect(text).toContain('| ❌ | fulfil order | 1 | 0 % | could not be run |')
  expect(text).toContain(
    '| <code>fulfil order</code> | could not be run | connect ECONNREFUSED 127.0.0.1:5432 |',
  )
})

test.each([
  ['a text', 'no database', 'Thrown was no Error, but "no database"'],
  ['nothing', undefined, 'Thrown was no Error, but undefined'],
  ['an error of another process', { message: 'no database' }, 'no database'],
])('%s that was thrown is told', (_, thrown, message) => {
  expect(notRun({ name: 'charge', error: thrown, root: ROOT }).causes[0]!.message).toBe(message)
})

test('a simulation or a race that ran nothing is no success', () => {
  const idle = reportOf([], { resilience: 0 })
  const { lines, passed } = gate({
    ...fileOf(reportOf(survivors())),
    simulations: [
      ...fileOf(reportOf(survivors())).simulations,
      ...fileOf({ ...idle, name: 'refund' }).simulations,
    ],
  })
  expect([passed, lines[0], lines.at(-1)]).toEqual([
    false,
    expect.stringContaining('; 1 ran nothing; '),
    '  refund  no scenario of it was run',
  ])
  const race = sampleRace()
  const nothing = { ...race, failures: [], summary: { ...race.summary, run: 0, failed: 0 } }
  expect(judge({ simulations: [reportOf(survivors())], races: [nothing] }, 0).passed).toBe(false)
})

/** Every second scenario. */
function half(report: SimulationData, index: 1 | 2): ReportFile {
  const own = report.scenarios.filter((_, at) => at % 2 === index - 1)
  const others = report.scenarios.length - own.length
  const part = { ...reportOf(own), name: 'fulfil order', points: report.points }
  return fileOf(part, { index, count: 2, others })
}

test('a shard that could not be run is a failure, and its scenarios are missing', () => {
  const merged = mergeReportFiles([fileOf(broken), half(reportOf(survivors()), 2)])
  const [entry] = merged.simulations
  const ran = survivors().filter((_, at) => at % 2 === 1).length
  expect(merged.simulations).toHaveLength(1)
  expect(entry!.scenarios).toHaveLength(ran + 1)
  expect(entry!.shard).toMatchObject({ index: 2, count: 2, others: survivors().length - ran })
  const verdict = gate(merged)
  expect(verdict).toMatchObject({ passed: false, whole: false })
  expect(verdict.lines.join('\n')).toContain('fulfil order  could not be run:  connect ECONNREFUSED')
  expect(verdict.lines.at(-1)).toContain('only shard 2 of 2')
  expect(serializeReportFile(mergeReportFiles([half(reportOf(survivors()), 2), fileOf(broken)]))).toBe(
    serializeReportFile(merged),
  )
})

test('what both shards found stays, beside the one that could not be run', () => {
  const merged = mergeReportFiles([half(threeBugs(), 1), fileOf(broken), half(threeBugs(), 2)])
  const whole = mergeReportFiles([half(threeBugs(), 1), half(threeBugs(), 2)])
  const [entry] = merged.simulations
  expect(entry!.causes.map(({ message }) => message)).toEqual([
    broken.causes[0]!.message,
    ...whole.simulations[0]!.causes.map(({ message }) => message),
  ])
  expect(entry!.scenarios).toHaveLength(whole.simulations[0]!.scenarios.length + 1)
  expect(entry!.shard).toBeUndefined()
  expect(gate(merged).passed).toBe(false)
})

test('shards none of which could be run are one failure', () => {
  const other = notRun({ name: 'fulfil order', error: new Error('no table'), root: ROOT })
  const [entry] = mergeReportFiles([fileOf(broken), fileOf(broken), fileOf(other)]).simulations
  expect(entry!.scenarios).toHaveLength(1)
  expect(entry!.causes.map(({ message }) => message)).toEqual([broken.causes[0]!.message, 'no table'])
  expect(restoredSimulation(entry!).failures).toHaveLength(1)
})
