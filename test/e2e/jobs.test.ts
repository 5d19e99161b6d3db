import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type FaultName, type ScenarioResult, type SimulationReport, simulate } from 'faultline'
import { describe, expect, test } from 'vitest'
import type { JobFixture } from '../../fixtures/jobs/fixture.ts'
import { reset } from '../../fixtures/jobs/world.ts'
import { families } from '../../src/fault/index.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

const folder = 'fixtures/jobs'
/** Families that apply to every job that awaits something; `timeout` where one is set. */
const always: FaultName[] = ['error', 'crash', 'stall', 'interrupt', 'timeout', 'delay', 'duplicate']
/** What `'all'` stands for. */
const every = (Object.keys(families) as FaultName[]).filter((family) => family !== 'exhaust')
const names = readdirSync(path.join(REPOSITORY, folder))
  .filter((file) => file.endsWith('.broken.ts'))
  .map((file) => file.slice(0, -'.broken.ts'.length))

/** One of a pair, with the numbers of its marked lines. */
async function load(name: string, kind: 'broken' | 'fixed') {
  const file = `${folder}/${name}.${kind}.ts`
  const { spec } = (await import(path.join(REPOSITORY, file))) as { spec: JobFixture }
  const lines = readFileSync(path.join(REPOSITORY, file), 'utf8').split('\n')
  // The formatter puts the comment of a line that opens a block on a line of its own.
  const numbersOf = (mark: string) =>
    lines.flatMap((line, index) => {
      if (!line.endsWith(`// ← ${mark}`)) return []
      return line.trim() === `// ← ${mark}` ? [index] : [index + 1]
    })
  return {
    spec,
    file,
    lines,
    marked: numbersOf('blame'),
    unawaited: numbersOf('not awaited'),
    waits: numbersOf('waits'),
  }
}

function run(
  spec: JobFixture,
  faults: readonly FaultName[] | 'all',
  depth: number,
): Promise<SimulationReport> {
  const { payloads, whenDead } = spec
  return simulate(spec.job, () => spec.check(), {
    setup() {
      reset()
      spec.given?.()
    },
    faults: faults === 'all' ? 'all' : [...faults],
    depth,
    ...(payloads === undefined ? undefined : { payloads: [...payloads] }),
    ...(whenDead === undefined ? undefined : { whenDead: (run) => whenDead(run) }),
    hits: 'edges',
    maxScenarios: 1_000_000,
    hangAfterMs: 1_000,
    now: new Date('2026-03-01T12:00:00Z'),
  })
}

/** The lines of the last fault's point, by all of its names; 0 for the queue's own. */
function linesOf({ faults }: ScenarioResult): number[] {
  const { point } = faults.at(-1)!
  return [point.line, ...point.also.map(({ line }) => line)]
}

const story = ({ id, outcome, reason, error }: ScenarioResult) =>
  `${id} ${outcome} ${reason}: ${error?.message}`

describe.for(names)('%s', (name) => {
  test('the broken one is caught by its family, at a marked line', async () => {
    const { spec, file, lines, marked, unawaited, waits } = await load(name, 'broken')
    const ofPayloads = spec.family === 'payloads'
    const families = [spec.family].flat().filter((family) => family !== 'payloads')
    const depth = ofPayloads ? 0 : (spec.depth ?? 1)
    const report = await run(spec, ofPayloads ? ['error'] : families, Math.max(depth, 1))
    expect(report.failures.filter(({ id }) => id === 'baseline').map(story)).toEqual([])
    expect(report.failures.length).toBeGreaterThan(0)
    expect(new Set(report.failures.map(({ outcome }) => outcome))).toEqual(new Set(['failed']))
    expect(new Set(report.failures.map(({ faults }) => faults.length))).toEqual(new Set([depth]))
    const blamed = report.failures.filter(({ faults }) => faults.at(-1)?.point.file === file).map(linesOf)
    const strays = blamed.filter((numbers) => !numbers.some((number) => marked.includes(number)))
    expect(strays.map(([number = 0]) => `${number}: ${lines[number - 1]?.trim()}`)).toEqual([])
    const named = (...reasons: readonly (string | undefined)[]) => {
      const causes = report.causes.filter(
        ({ reason, blame }) => blame?.file === file && reasons.includes(reason),
      )
      return [...new Set(causes.map(({ blame }) => blame!.line))]
    }
    expect(named('unsettled', 'rejection')).toEqual(unawaited)
    expect(named('hung')).toEqual(waits)
    expect(
      named('dead', 'assertion', 'runaway', 'undrained').filter((line) => !marked.includes(line)),
    ).toEqual([])
    if (ofPayloads) {
      const thrown = [...String(report).matchAll(/thrown at (\S+):(\d+)/g)].flatMap(([, where, number]) =>
        where === file ? [Number(number)] : [],
      )
      expect(thrown.filter((number) => marked.includes(number))).toEqual(marked)
      return
    }
    const unblamed = marked.filter((number) => !blamed.flat().includes(number))
    expect(unblamed.map((number) => lines[number - 1]?.trim())).toEqual([])
    const kinds = new Set(report.failures.map(({ faults }) => faults.at(-1)?.point.kind ?? 'settle'))
    if (marked.length === 0)
      expect([...kinds].filter((kind) => !['settle', 'enqueue', 'start'].includes(kind))).toEqual([])
  })

  test('the fixed one survives everything', async () => {
    const { spec } = await load(name, 'fixed')
    const report = await run(spec, 'all', 2)
    expect(report.failures.slice(0, 20).map(story)).toEqual([])
    expect(report.summary.survived).toBeGreaterThan(0)
    expect([report.summary.exhaustive, report.summary.skipped]).toEqual([true, 0])
    const fired = new Set(report.scenarios.flatMap(({ faults }) => faults.map(({ fault }) => fault)))
    const cannot = Object.keys(report.summary.notApplicable).map((label) => label.split(':')[0])
    expect(every.filter((family) => !fired.has(family) && !cannot.includes(family))).toEqual([])
    const hasTimeout = spec.job.job?.timeout !== undefined
    expect(always.filter((family) => !fired.has(family))).toEqual(hasTimeout ? [] : ['timeout'])
    if (spec.whenDead === undefined) return
    const dead = await run(spec, ['exhaust', 'error', 'crash'], 2)
    expect(dead.failures.slice(0, 20).map(story)).toEqual([])
    const lasting = dead.scenarios.filter(({ faults }) => faults.some(({ fault }) => fault === 'exhaust'))
    expect(lasting.filter(({ outcome }) => outcome === 'survived').length).toBeGreaterThan(5)
  })
})
