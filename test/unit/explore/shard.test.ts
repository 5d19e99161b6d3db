import { stripVTControlCharacters } from 'node:util'
import {
  defineJob,
  exploreRaces,
  type RaceReport,
  redelivery,
  type SimulationOptions,
  type SimulationReport,
  simulate,
} from 'faultline'
import { afterEach, describe, expect, test, vi } from 'vitest'
import * as code from '../../../fixtures/engine/charge.ts'
import * as deep from '../../../fixtures/engine/depth.ts'
import { setupOf } from '../../../src/explore/simulate.ts'
import { type Step, Stepwise } from '../../../src/explore/stepwise.ts'
import {
  mergeReportFiles,
  type ReportFile,
  raceEntryOf,
  reportFileOf,
  serializeReportFile,
} from '../../../src/report/file/index.ts'
import { judge } from '../../../src/report/gate.ts'
import { World } from '../../helpers/engine-world.ts'

let world = new World()
const now = new Date('2026-01-01T00:00:00Z')
const options: SimulationOptions<World> = { setup: () => (world = new World()), now }
const charge = defineJob<null>({ name: 'charge', perform: () => code.charge(world) })
const recovering = defineJob<null>({ name: 'recovering', attempts: 9, perform: () => deep.needsTwo(world) })

afterEach(() => vi.unstubAllEnvs())

async function inShards<R>(count: number, run: () => Promise<R>) {
  const reports = []
  for (let index = 1; index <= count; index++) {
    vi.stubEnv('FAULTLINE_SHARD', `${index}/${count}`)
    reports.push(await run())
  }
  vi.stubEnv('FAULTLINE_SHARD', '')
  return { reports, whole: await run() }
}

const timeless = (file: ReportFile) =>
  JSON.parse(serializeReportFile(file).replaceAll(/"durationMs": [\d.]+/g, '"durationMs": 1'))

const idsOf = ({ scenarios }: { scenarios: readonly { id: string }[] }) => scenarios.map(({ id }) => id)

describe('shards', () => {
  test.each([
    ['one fault', charge, { faults: 'all' }],
    ['two faults', recovering, { depth: 2 }],
    ['three faults', recovering, { depth: 3, faults: ['error', 'crash', 'stall'] }],
    ['a sample', charge, { faults: 'all', maxScenarios: 7 }],
    ['a sample, and no room for two faults', recovering, { depth: 2, maxScenarios: 5 }],
    ['a sample of two faults', recovering, { depth: 2, maxScenarios: 40 }],
    ['a sample of two faults, none of three', recovering, { depth: 3, maxScenarios: 40 }],
    ['a sample of three faults', recovering, { depth: 3, maxScenarios: 200 }],
    ['payloads of other releases', charge, { payloads: [1, 2, 3] }],
  ] as const)('together run every scenario exactly once: %s', async (_, job, more) => {
    const run = () =>
      simulate<World>(job.with(null), () => true, {
        ...options,
        checks: { completes: false, settled: false },
        ...more,
      })
    const { reports, whole } = await inShards(3, run)
    expect(reports.flatMap(idsOf).sort()).toEqual(idsOf(whole).sort())
    expect(new Set(idsOf(whole)).size).toBe(whole.scenarios.length)
    expect(reports.map(({ scenarios }) => scenarios.length).every((count) => count > 0)).toBe(true)
    const file = (report: SimulationReport) =>
      reportFileOf({ simulations: [{ report: { ...report, name: 'it' } }] })
    expect(timeless(mergeReportFiles(reports.reverse().map(file)))).toEqual(timeless(file(whole)))
    // What only a shard leaves out is left out by no whole run.
    const left = reports.map(({ summary: { skipped, shard } }) => skipped - shard!.elsewhere - shard!.alike)
    const { alike } = reports[0]!.summary.shard!
    expect(alike + left.reduce((sum, count) => sum + count)).toBe(whole.summary.skipped)
    expect(whole.summary.shard).toBeUndefined()
  })

  test('draw what one run draws, and not what each would draw for itself', async () => {
    const run = () =>
      simulate<World>(recovering.with(null), () => true, { ...options, depth: 2, maxScenarios: 40 })
    const { reports, whole } = await inShards(4, run)
    expect(whole.scenarios).toHaveLength(40)
    expect(whole.scenarios.some(({ faults }) => faults.length === 2)).toBe(true)
    expect(reports.map(({ scenarios }) => scenarios.length)).toEqual([10, 10, 10, 10])
    const words = reports.map(({ summary }) => summary.notCovered.sampled)
    expect(new Set([...words, whole.summary.notCovered.sampled]).size).toBe(1)
  })

  test.each([
    ['all that extends them', {}],
    ['a share of it', { maxScenarios: 40 }],
  ])('of scenarios that are tests of their own, in whatever order: %s', async (_, more) => {
    const run = async (order: (steps: readonly Step[]) => readonly Step[]) => {
      const setup = { ...options, checks: { completes: false, settled: false }, depth: 2, ...more }
      const stepwise = new Stepwise(setupOf(recovering.with(null), () => true, setup))
      for (const step of order(await stepwise.begin())) await step.run()
      return (await stepwise.end())!
    }
    const { reports, whole } = await inShards(3, () => run((steps) => steps.toReversed()))
    const file = (report: SimulationReport) =>
      reportFileOf({ simulations: [{ report: { ...report, name: 'it' } }] })
    const [merged, one] = [mergeReportFiles(reports.map(file)), mergeReportFiles([file(whole), file(whole)])]
    expect(timeless(merged)).toEqual(timeless(one))
    const forwards = await run((steps) => steps)
    expect(idsOf(forwards).sort()).toEqual(idsOf(whole).sort())
    if ('maxScenarios' in more) {
      expect(whole.scenarios.length).toBeLessThanOrEqual(40)
      expect(whole.summary.notCovered.extensions).toMatch(
        /^\d+ scenarios of several faults, beyond the share/,
      )
    }
  })

  test('run each race in one of them, whole', async () => {
    const names = Array.from({ length: 12 }, (_, at) => `race ${at}`)
    const run = async () => {
      const reports: RaceReport[] = []
      for (const name of names)
        reports.push(
          await exploreRaces<World>([charge.with(null), redelivery(charge.with(null))], () => true, {
            ...options,
            name,
            strategy: { preemptions: 0 },
          }),
        )
      return reports
    }
    const { reports, whole } = await inShards(3, run)
    const ran = reports.map((some) => some.filter(({ summary }) => summary.run > 0).map(({ name }) => name))
    expect(ran.flat().sort()).toEqual(names.toSorted())
    expect(ran.every((some) => some.length > 0)).toBe(true)
    const file = (some: readonly RaceReport[]) =>
      ({
        ...reportFileOf({ simulations: [] }),
        races: some.map((report) => raceEntryOf({ report })),
      }) as ReportFile
    expect(timeless(mergeReportFiles(reports.toReversed().map(file)))).toEqual(timeless(file(whole)))
    const elsewhere = reports[0]!.find(({ summary }) => summary.run === 0)!
    const { runBy } = elsewhere.summary.shard!
    expect(elsewhere.summary.shard).toEqual({ index: 1, count: 3, runBy })
    expect(elsewhere.summary.guarantee).toBe(`shard ${runBy} of 3 runs it`)
    expect(stripVTControlCharacters(String(elsewhere))).toMatch(
      new RegExp(`^ – ${elsewhere.name}  no race of this shard .*proven +shard ${runBy} of 3 runs it$`, 's'),
    )
    const lacking = mergeReportFiles([reports[0]!, reports[1]!].map(file))
    const verdict = judge({ simulations: [], races: lacking.races }, 100)
    expect(verdict).toMatchObject({ passed: true, whole: false })
    expect(verdict.lines).toContain(`  ${ran[2]![0]}: a race of shard 3 of 3, which is not in this report`)
  })

  test('say so, and call nothing exhaustive', async () => {
    vi.stubEnv('FAULTLINE_SHARD', '2/4')
    const report = await simulate<World>(charge.with(null), () => true, options)
    const { summary } = report
    const total = summary.scenarios + summary.shard!.elsewhere
    expect(summary.notCovered['shard 2 of 4']).toBe(`${summary.scenarios} of ${total} scenarios`)
    expect(summary.exhaustive).toBe(false)
    const text = stripVTControlCharacters(String(report))
    expect(text).toContain(`survived ${summary.scenarios} of ${total} scenarios`)
    expect(text).toContain(`not covered     shard 2 of 4: ${summary.scenarios} of ${total}`)
  })

  test('may be left with nothing, which is no failure', async () => {
    vi.stubEnv('FAULTLINE_SHARD', '900/900')
    const report = await simulate<World>(charge.with(null), () => true, options)
    expect(report.summary).toMatchObject({ scenarios: 0, shard: { index: 900, count: 900 } })
    expect(stripVTControlCharacters(String(report))).toContain('✓ no scenario of it in this shard')
  })
})
