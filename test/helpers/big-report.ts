import type { FaultName, ScenarioResult } from '../../src/model/result.ts'
import { type RaceEntry, type ReportFile, reportFileOf } from '../../src/report/file/index.ts'
import { assertionError, crashTimeline, pointAt, reportOf, scenario } from './sample-report.ts'

const FAULTS: readonly FaultName[] = ['error', 'crash', 'stall', 'delay']

/** A report of very many scenarios in ten files, a tenth of which fail in two ways. */
export function bigReport(count: number): ReportFile {
  const sources: Record<string, string> = {}
  const scenarios: ScenarioResult[] = []
  for (let index = 0; index < count; index++) {
    const file = `src/jobs/job-${index % 10}.ts`
    const line = 1 + (Math.floor(index / 40) % 250)
    const hit = 1 + Math.floor(index / 10_000)
    const point = pointAt(line, { file, hit, key: `${file}:${line}` })
    const fails = index % 10 === 3
    const message = index % 20 === 3 ? 'the card was charged twice' : 'the receipt was lost'
    const more = fails
      ? ({ outcome: 'failed', reason: 'assertion', error: assertionError(message) } as const)
      : {}
    scenarios.push(
      scenario(FAULTS[Math.floor(index / 10) % 4]!, point, {
        ...more,
        timeline: fails ? crashTimeline(point) : [],
        id: `${FAULTS[Math.floor(index / 10) % 4]}@${file}:${line}#${index}`,
      }),
    )
    sources[file] ??= Array.from({ length: 260 }, (_, row) => `  await step(${row}, 'of ${file}')`).join('\n')
  }
  return reportFileOf({ simulations: [{ report: reportOf(scenarios) }], sources })
}

/** A failure whose line to blame is in a file in which nothing struck. */
export function blamingReport(): ReportFile {
  const point = pointAt(2, { file: 'src/jobs/order.ts', key: 'src/jobs/order.ts:2' })
  const failing = scenario('error', point, {
    outcome: 'failed',
    reason: 'rejection',
    error: new Error('reset'),
    blame: { file: 'src/jobs/later.ts', line: 2, function: 'sendLater' },
  })
  return reportFileOf({
    simulations: [{ report: reportOf([failing]) }],
    sources: {
      'src/jobs/order.ts': 'export async function order() {\n  sendLater()\n}\n',
      'src/jobs/later.ts': 'export function sendLater() {\n  void send()\n}\n',
    },
  })
}

/** Markup wherever a text may come from outside. */
export const HOSTILE = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>\u2028"'&amp;`

/** A report in which every name, file, source and error is markup. */
export function hostileReport(): ReportFile {
  const file = `src/${HOSTILE.replaceAll('/', '|')}.ts`
  const point = pointAt(2, { file, key: `${file}:2`, function: HOSTILE, job: HOSTILE, jobId: HOSTILE })
  const failing = scenario('crash', point, {
    outcome: 'failed',
    reason: 'assertion',
    error: assertionError(`${HOSTILE}\n- ${HOSTILE}\n+ ${HOSTILE}`),
    approximate: HOSTILE,
    blame: { file, line: 2, function: HOSTILE },
    timeline: crashTimeline(point).map((event) => ({
      ...event,
      worker: HOSTILE,
      jobId: HOSTILE,
      detail: HOSTILE,
    })),
  })
  const report = reportOf(
    [failing],
    { exhaustive: false, notCovered: { [HOSTILE]: HOSTILE }, notApplicable: { [HOSTILE]: HOSTILE } },
    { name: HOSTILE, command: HOSTILE },
  )
  return reportFileOf({
    simulations: [{ report, testFile: HOSTILE }],
    races: [{ ...sampleRace(), name: HOSTILE, racers: [HOSTILE, HOSTILE] }],
    sources: { [file]: `// ${HOSTILE}\n${HOSTILE}\n</script>\n` },
  })
}

/** Two deliveries that both find the row missing, and insert it. */
export function sampleRace(): RaceEntry {
  const file = 'src/jobs/welcome.ts'
  const step = (
    racer: number,
    line: number,
    text: string,
    blocked = false,
  ): RaceEntry['failures'][number]['steps'][number] => ({
    racer,
    file,
    line,
    text,
    ...(blocked ? { blocked } : undefined),
  })
  return {
    name: 'welcome, delivered twice',
    testFile: 'test/welcome.test.ts',
    command: 'npx vitest run test/welcome.test.ts',
    racers: ['welcome', 'welcome, redelivered'],
    summary: {
      schedules: '70',
      run: 70,
      failed: 2,
      deadlocks: 0,
      guarantee: 'all 70 schedules, at first-party awaits; library calls atomic',
      exhaustive: true,
      seed: 1,
      durationMs: 412,
    },
    failures: ['ABAB', 'ABBA'].map((schedule) => ({
      schedule,
      outcome: 'failed',
      reason: 'assertion',
      error: { name: 'AssertionError', title: '2 mails were sent: expected 2 to be 1' },
      replay: `welcome, delivered twice: race:${schedule} (seed 1, 2026-01-05T09:00:00.000Z, 9f3c21aa)`,
      steps: [
        step(0, 8, 'const sent = await mails.find(user.id)'),
        step(1, 8, 'const sent = await mails.find(user.id)'),
        step(0, 10, 'await mailer.deliver(user)'),
        step(1, 10, 'await mailer.deliver(user)', true),
        step(0, 11, 'await mails.insert(user.id)'),
        step(1, 11, 'await mails.insert(user.id)'),
      ],
    })),
  }
}
