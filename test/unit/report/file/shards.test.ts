import { expect, test } from 'vitest'
import { isFaultlineError } from '../../../../src/model/error.ts'
import type { SimulationData } from '../../../../src/model/result.ts'
import {
  mergeReportFiles,
  missingShards,
  parseReportFile,
  type ReportFile,
  reportFileOf,
  restoredSimulation,
  serializeReportFile,
} from '../../../../src/report/file/index.ts'
import { judge } from '../../../../src/report/gate.ts'
import { readSample, reportOf, threeBugs } from '../../../helpers/sample-report.ts'

const fileOf = (report: SimulationData): ReportFile =>
  reportFileOf({ simulations: [{ report, testFile: 'test/checkout.test.ts' }], readSource: readSample })

/** The report that a shard makes: every `count`-th scenario. */
function shardOf(report: SimulationData, index: number, count: number): ReportFile {
  const indexes = report.scenarios
    .map((_, position) => position)
    .filter((position) => position % count === index - 1)
  const own = indexes.map((position) => report.scenarios[position]!)
  const others = report.scenarios.length - own.length
  const part = reportOf(own, {
    ...report.summary,
    scenarios: own.length,
    skipped: report.summary.skipped + others,
    notCovered: { ...report.summary.notCovered, shard: `${others} others` },
  })
  return reportFileOf({
    simulations: [
      {
        report: { ...part, points: report.points },
        testFile: 'test/checkout.test.ts',
        shard: { index, count, others },
        indexes,
      },
    ],
    readSource: readSample,
  })
}

test.each([2, 3, 4])('%i shards together are the report of one run', (count) => {
  const report = threeBugs()
  const counts = {
    scenarios: report.scenarios.length,
    resilience:
      report.scenarios.filter(({ outcome }) => outcome === 'survived').length / report.scenarios.length,
  }
  const whole = fileOf({
    ...report,
    summary: { ...report.summary, ...counts, durationMs: report.summary.durationMs * count },
  })
  const shards = Array.from({ length: count }, (_, index) => shardOf(report, index + 1, count))
  const mergedFile = mergeReportFiles(shards.reverse())
  expect(serializeReportFile(mergedFile)).toBe(serializeReportFile(whole))
})

test('a shard that is missing is said', () => {
  const shards = [shardOf(threeBugs(), 1, 3), shardOf(threeBugs(), 3, 3)]
  const [entry] = mergeReportFiles(shards).simulations
  expect(entry!.scenarios).toHaveLength(10)
  expect(entry!.shard).toEqual({ index: 1, count: 3, merged: [1, 3], others: 5 })
  expect(entry!.summary).toMatchObject({ skipped: 8, exhaustive: false, scenarios: 10 })
  expect(entry!.summary.notCovered.shard).toBe('5 scenarios, which are left to other shards')
})

test('the gate is told that shards are missing, also by the file that was read back', () => {
  const part = mergeReportFiles([shardOf(threeBugs(), 1, 3), shardOf(threeBugs(), 3, 3)])
  const read = parseReportFile(serializeReportFile(part), 'r.json')
  const verdict = judge({ simulations: read.simulations.map(restoredSimulation), races: [] }, 0)
  expect(verdict).toMatchObject({ passed: true, whole: false })
  expect(verdict.lines.at(-1)).toBe('  fulfil order: only shards 1, 3 of 3; 5 scenarios not in this report')
  expect(missingShards(read.simulations[0]!.shard!)).toEqual([2])
})

test('merged parts are merged again, in any order and twice', () => {
  const [a, b, c, d] = [1, 2, 3, 4].map((index) => shardOf(threeBugs(), index, 4))
  const once = serializeReportFile(mergeReportFiles([a!, b!, c!, d!]))
  const left = mergeReportFiles([d!, a!])
  expect(left.simulations[0]!.shard).toMatchObject({ index: 1, merged: [1, 4] })
  const right = mergeReportFiles([c!, b!, c!])
  const twice = mergeReportFiles([right, left])
  expect(twice.simulations[0]!.shard).toBeUndefined()
  expect(serializeReportFile(twice)).toBe(once)
  expect(serializeReportFile(mergeReportFiles([a!, a!, b!, c!, d!, b!]))).toBe(once)
  const same = mergeReportFiles([a!, a!]).simulations[0]!
  expect(same.summary.durationMs).toBe(a!.simulations[0]!.summary.durationMs)
  expect(same.scenarios).toEqual(a!.simulations[0]!.scenarios)
})

test('halves and quarters are not shards of one run', () => {
  const merge = (): unknown => mergeReportFiles([shardOf(threeBugs(), 1, 2), shardOf(threeBugs(), 2, 4)])
  expect(merge).toThrow(
    "The reports of 'fulfil order' are shards of different splits: received i/2 and i/4; allowed is one.",
  )
  expect(merge).toThrow(expect.toSatisfy((error) => isFaultlineError(error, 'FAULTLINE_REPORT_MERGE')))
})
