import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isFaultlineError } from '../../../../src/model/error.ts'
import type { SimulationData } from '../../../../src/model/result.ts'
import { VERSION } from '../../../../src/model/version.ts'
import {
  mergeReportFiles,
  parseReportFile,
  type ReportFile,
  reportFileOf,
  restoredSimulation,
  restoredSources,
  serializeReportFile,
} from '../../../../src/report/file/index.ts'
import { renderVerdicts } from '../../../../src/report/file-verdicts.ts'
import { renderTerminal } from '../../../../src/report/terminal.ts'
import { sampleRace } from '../../../helpers/big-report.ts'
import {
  assertionError,
  CHECKOUT,
  FILE,
  pointAt,
  ROOT,
  readSample,
  reportOf,
  scenario,
  threeBugs,
} from '../../../helpers/sample-report.ts'

const fileOf = (report: SimulationData): ReportFile =>
  reportFileOf({ simulations: [{ report, testFile: 'test/checkout.test.ts' }], readSource: readSample })

function caught(run: () => unknown): { code: string; message: string; hint?: string } {
  try {
    run()
  } catch (error) {
    if (isFaultlineError(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test('the version is that of the package', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(VERSION).toBe(version)
  expect(fileOf(threeBugs()).faultline).toBe(version)
})

test('what is written is read back, and writes the same text', () => {
  const file = fileOf(threeBugs())
  const text = serializeReportFile(file)
  const back = parseReportFile(text, 'report.json')
  expect(back).toEqual(JSON.parse(JSON.stringify(file)))
  expect(serializeReportFile(back)).toBe(text)
  expect(text.startsWith('{\n  "schema": "faultline-report",\n  "version": 1,\n')).toBe(true)
})

test('a restored simulation renders as the one that was written', () => {
  const report = threeBugs()
  const file = parseReportFile(serializeReportFile(fileOf(report)), 'report.json')
  const restored = restoredSimulation(file.simulations[0]!)
  const readSource = restoredSources(file)
  expect(renderTerminal(restored, { readSource })).toBe(renderTerminal(report, { readSource: readSample }))
  expect(renderVerdicts(restored, FILE, { readSource })).toBe(
    renderVerdicts(report, FILE, { readSource: readSample }),
  )
  expect(file.sources).toEqual({ [FILE]: CHECKOUT })
})

test('no path of the machine is written', () => {
  const error = assertionError(`cannot read ${ROOT}/secret/x.ts`)
  const one = scenario('error', pointAt(11), { outcome: 'failed', reason: 'assertion', error })
  const text = serializeReportFile(fileOf(reportOf([one])))
  expect(text).not.toContain(`${ROOT}/`)
  expect(text).toContain('cannot read secret/x.ts')
  expect(text).toContain('"thrownAt": "test/checkout.test.ts:31"')
})

test('points, errors and timelines are kept once, survivors without a timeline', () => {
  const [entry] = fileOf(threeBugs()).simulations
  expect(new Set(entry!.points.map((point) => JSON.stringify(point))).size).toBe(entry!.points.length)
  expect(entry!.errors.map(({ title }) => title)).toEqual([
    'the card was charged twice: expected 2 to be 1',
    'expected 2 receipts to be 1',
  ])
  const timed = entry!.scenarios.filter(({ timeline }) => timeline !== undefined)
  expect(timed.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed', 'failed'])
  expect(timed[0]!.timeline![0]).toMatchObject({ at: 0, kind: 'enqueued' })
})

test.each<[name: string, text: string | undefined, code: string, message: RegExp]>([
  ['missing', undefined, 'FAULTLINE_REPORT_FILE', /^There is no report file 'r\.json'/],
  ['empty', ' \n', 'FAULTLINE_REPORT_FILE', /'r\.json' is empty/],
  ['cut off', serializeReportFile(fileOf(threeBugs())).slice(0, 900), 'FAULTLINE_REPORT_FILE', /cut off/],
  ['not JSON', '<html>}', 'FAULTLINE_REPORT_FILE', /is not JSON/],
  ['a list', '[]', 'FAULTLINE_REPORT_SCHEMA', /its schema reads \[\], allowed is 'faultline-report'/],
  ['another schema', '{"schema":"x"}', 'FAULTLINE_REPORT_SCHEMA', /its schema reads "x"/],
  [
    'a newer version',
    '{"schema":"faultline-report","version":2,"faultline":"9.1.0"}',
    'FAULTLINE_REPORT_VERSION',
    /schema version 2, written by Faultline 9\.1\.0; this Faultline reads version 1\..*\n {2}hint: Update Faultline/,
  ],
  [
    'a member missing',
    '{"schema":"faultline-report","version":1,"faultline":"0.1.0","simulations":[],"races":[]}',
    'FAULTLINE_REPORT_FILE',
    /report\.sources: received nothing, allowed is an object/,
  ],
])('a file that is %s', (_, text, code, message) => {
  const error = caught(() => parseReportFile(text, 'r.json'))
  expect(error.code).toBe(code)
  expect(error.message).toMatch(message)
  expect(error.hint).toBeTruthy()
})

test('the line to blame is written with the scenario and its finding, its file among the sources', () => {
  const blame = { file: 'src/jobs/later.ts', line: 3, function: 'sendLater' }
  const bad = { outcome: 'failed', reason: 'rejection', error: new Error('reset') } as const
  const report = reportOf([
    scenario('error', pointAt(11), { ...bad, blame }),
    scenario('error', pointAt(12), { ...bad, blame: { ...blame, line: 4 } }),
    scenario('error', pointAt(13), { ...bad, blame }),
  ])
  const readSource = (name: string): string | undefined =>
    name.endsWith(blame.file) ? 'later' : readSample(name)
  const file = parseReportFile(
    serializeReportFile(reportFileOf({ simulations: [{ report }], readSource })),
    'report.json',
  )
  expect(file.sources[blame.file]).toBe('later')
  const restored = restoredSimulation(file.simulations[0]!)
  expect(restored.causes.map((cause) => [cause.blame?.line, cause.scenarios.length])).toEqual([
    [3, 2],
    [4, 1],
  ])
  expect(restored.failures.map((failure) => failure.blame)).toEqual([blame, { ...blame, line: 4 }, blame])
  const source = restoredSources(file)
  expect(renderTerminal(restored, { readSource: source })).toBe(renderTerminal(report, { readSource }))
  expect(renderTerminal(restored, { readSource: source })).toContain(
    'to blame: src/jobs/later.ts:3 in sendLater',
  )
})

test('merging keeps findings apart that blame different lines', () => {
  const bad = { outcome: 'failed', reason: 'rejection', error: new Error('reset') } as const
  const fileWith = (position: number, line: number): ReportFile => {
    const blame = { file: FILE, line, function: '' }
    const report = reportOf([scenario('error', pointAt(position), { ...bad, blame })])
    return reportFileOf({
      simulations: [
        {
          report,
          testFile: 'test/checkout.test.ts',
          shard: { index: position - 10, count: 3, others: 2 },
          indexes: [position],
        },
      ],
      readSource: readSample,
    })
  }
  const merged = mergeReportFiles([fileWith(11, 3), fileWith(12, 4), fileWith(13, 3)])
  expect(
    restoredSimulation(merged.simulations[0]!).causes.map(({ blame, scenarios }) => [
      blame?.line,
      scenarios.length,
    ]),
  ).toEqual([
    [3, 2],
    [4, 1],
  ])
})

test('a line to blame that is none is refused', () => {
  const blame = { file: FILE, line: 3, function: '' }
  const file = JSON.parse(
    serializeReportFile(
      fileOf(reportOf([scenario('error', pointAt(11), { outcome: 'failed', reason: 'rejection', blame })])),
    ),
  )
  file.simulations[0].causes[0].blame.line = 'three'
  expect(caught(() => parseReportFile(JSON.stringify(file), 'r.json')).message).toContain(
    'report.simulations[0].causes[0].blame.line: received "three"',
  )
})

test('an index beyond its table is refused', () => {
  const file = JSON.parse(serializeReportFile(fileOf(threeBugs())))
  file.simulations[0].scenarios[3].faults[0].point = 99
  expect(caught(() => parseReportFile(JSON.stringify(file), 'r.json')).message).toContain(
    'report.simulations[0].scenarios[3].faults[0].point: received 99, allowed is an index below',
  )
})

test('two verdicts on one scenario, and two sources of one name, are no parts of one run', () => {
  const [a, b] = [
    fileOf(reportOf([scenario('crash', pointAt(11))])),
    fileOf(reportOf([scenario('crash', pointAt(11), { outcome: 'failed', reason: 'assertion' })])),
  ]
  const error = caught(() => mergeReportFiles([a!, b!]))
  expect(error.code).toBe('FAULTLINE_REPORT_MERGE')
  expect(error.message).toContain(
    "'crash@src/jobs/checkout.ts:11' of 'fulfil order' has two verdicts: survived in one report, failed (assertion) in another",
  )
  const other = { ...a!, sources: { [FILE]: 'export {}' } }
  expect(caught(() => mergeReportFiles([a!, other])).message).toContain('different sources')
  expect(caught(() => mergeReportFiles([])).message).toContain('nothing to merge')
})

test('a race that several reports hold is kept once, and must be the same in all of them', () => {
  const race = sampleRace()
  const [a, b] = [race, { ...race, summary: { ...race.summary, failed: 0 }, failures: [] }].map((entry) =>
    reportFileOf({ simulations: [], races: [entry] }),
  )
  expect(mergeReportFiles([a!, a!]).races).toEqual([race])
  const error = caught(() => mergeReportFiles([a!, b!]))
  expect(error.code).toBe('FAULTLINE_REPORT_MERGE')
  expect(error.message).toContain('2 of 70 schedules failed (ABAB, ABBA) in one report, 0 of 70')
  expect(parseReportFile(serializeReportFile(a!), 'r.json')).toEqual(a)
})

test('simulations of different test files are kept apart', () => {
  const report = threeBugs()
  const other = reportFileOf({
    simulations: [{ report, testFile: 'test/other.test.ts' }],
    readSource: readSample,
  })
  expect(mergeReportFiles([fileOf(report), other]).simulations.map(({ testFile }) => testFile)).toEqual([
    'test/checkout.test.ts',
    'test/other.test.ts',
  ])
})
