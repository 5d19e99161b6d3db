import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { FaultlineError } from '../../../src/model/error.ts'
import type { SimulationData } from '../../../src/model/result.ts'
import { renderSummaryLine, renderTerminal, type TerminalOptions } from '../../../src/report/terminal.ts'
import { textWidth } from '../../../src/report/text.ts'
import * as sample from '../../helpers/sample-report.ts'

const { awaitAt, event, FILE, pointAt, readSample, reportOf, scenario, survivors } = sample
const plain: TerminalOptions = { colors: false, width: 80, readSource: readSample }

function shown(data: SimulationData, options: TerminalOptions = plain): string {
  const text = renderTerminal(data, options)
  for (const line of text.split('\n')) {
    expect(line).toBe(line.trimEnd())
    if (!line.includes('FAULTLINE_REPLAY=')) expect(textWidth(line)).toBeLessThanOrEqual(options.width ?? 80)
  }
  return text
}

async function expectFile(text: string, name: string): Promise<void> {
  await expect(`${text}\n`).toMatchFileSnapshot(`./reports/${name}.txt`)
}

const failed = (error: Error) => ({ outcome: 'failed', reason: 'assertion', error }) as const

describe('whole reports', () => {
  it('tells every finding of a job with bugs', async () => {
    await expectFile(shown(sample.threeBugs()), 'three-bugs')
  })

  it('fits narrow and wide terminals', async () => {
    await expectFile(shown(sample.threeBugs(), { ...plain, width: 56 }), 'three-bugs-narrow')
    shown(sample.threeBugs(), { ...plain, width: 120 })
  })

  it('is short where all survived', async () => {
    const text = shown(reportOf(survivors(), { notApplicable: { timeout: 'no job sets a time-out' } }))
    await expectFile(text, 'survived')
    expect(text.split('\n').length).toBeLessThanOrEqual(6)
  })

  it('never says "all" where some did not run', async () => {
    const summary = {
      skipped: 86,
      exhaustive: false,
      notCovered: { sampled: '14 of 100 scenarios, seed 7 (maxScenarios)' },
    }
    const text = shown(reportOf(survivors(), summary))
    await expectFile(text, 'sampled')
    expect(text).toContain('survived 14 of 100 scenarios')
    expect(text).not.toMatch(/\ball\b/)
  })

  it('says so where nothing was tested', () => {
    expect(shown(reportOf([], { resilience: Number.NaN }))).toContain('✗ nothing was tested')
  })

  it('reports a job that is wrong without any fault as exactly that', async () => {
    const baseline = {
      ...scenario('error', pointAt(11), failed(sample.assertionError('expected 0 to be 1'))),
      id: 'baseline',
      faults: [],
      timeline: [
        event(0, 'enqueued', { delivery: 0, worker: '' }),
        event(0, 'started'),
        event(0, 'completed'),
      ],
      replay: '',
    }
    const text = shown(reportOf([baseline]))
    await expectFile(text, 'baseline')
    expect(text).toContain('✗ wrong without any fault')
    expect(text).not.toContain('resilience')
  })

  it('reports a job that is not deterministic with its first divergence', async () => {
    const error = new FaultlineError('FAULTLINE_NONDETERMINISTIC', {
      message:
        'Two runs without faults differ at step 4:\n  first run:  src/jobs/checkout.ts:13\n  second run: src/jobs/checkout.ts:12',
    })
    const one = { ...scenario('error', pointAt(11)), id: 'baseline', faults: [], timeline: [], replay: '' }
    await expectFile(
      shown(reportOf([{ ...one, outcome: 'failed', reason: 'nondeterministic', error }])),
      'nondeterministic',
    )
  })

  it('shows both timelines where flaky, and what a verdict is worth', async () => {
    const point = awaitAt(13, 14, { hit: 2, attempt: 2 })
    const flaky = scenario('crash', point, {
      outcome: 'flaky',
      error: sample.assertionError('expected 2 to be 1'),
      approximate: 'library code ran after the crash (pg: rollback)',
      timing: 'real',
      otherTimeline: [
        event(0, 'enqueued', { delivery: 0, worker: '' }),
        event(0, 'started'),
        event(90_000, 'completed'),
      ],
    })
    const unreached = scenario('error', pointAt(16), { outcome: 'unreached', timeline: [] })
    await expectFile(shown(reportOf([...survivors(), flaky, unreached])), 'flaky-unreached')
  })

  it('tells the faults of a scenario of several, and where else it struck', async () => {
    const error = sample.assertionError('expected 2 to be 1')
    const [first, second] = [awaitAt(13, 14), pointAt(16, { attempt: 2 })]
    const pair = scenario('crash', first, {
      ...failed(error),
      id: 'pair',
      faults: [
        { fault: 'crash', point: first },
        { fault: 'error', point: second },
      ],
    })
    const mail = (line: number) =>
      scenario(
        'crash',
        pointAt(line, { file: 'src/lib/mailer.ts', function: 'Mailer#deliver' }),
        failed(error),
      )
    const hits = [1, 2, 3].map((hit) => scenario('error', pointAt(11, { hit }), failed(error)))
    const queue = { file: '', line: 0, column: 0, function: '' }
    const settle = scenario('crash', pointAt(0, { ...queue, kind: 'settle', key: 'settle' }), failed(error))
    await expectFile(shown(reportOf([pair, ...hits, mail(3), mail(7), mail(9), settle])), 'several-faults')
  })

  it("points out a dead job without retries, a swallowed error, the error's own hint", async () => {
    const dead = scenario('error', pointAt(13), {
      outcome: 'failed',
      reason: 'dead',
      error: new Error('checkout-1 died on attempt 1 of 1: read ECONNRESET'),
      timeline: [event(0, 'started'), event(0, 'dead', { detail: 'read ECONNRESET' })],
    })
    const swallowed = scenario('error', awaitAt(16, 17), {
      ...failed(sample.assertionError('no receipt was sent')),
      timeline: sample.errorTimeline(awaitAt(16, 17), false),
    })
    const error = new FaultlineError('FAULTLINE_SNAPSHOT', {
      message:
        'The final state differs (- expected, + received):\n  {\n-   paidAt: "2026-01-05T09:00:00.000Z",\n+   paidAt: "2026-01-05T09:00:30.000Z",\n  }',
      hint: "Only values differ that look like times. If they may differ: mask: ['orders[*].paidAt']",
    })
    const snapshot = scenario('crash', awaitAt(14, 15), { outcome: 'failed', reason: 'snapshot', error })
    await expectFile(shown(reportOf([dead, swallowed, snapshot])), 'dead-swallowed-snapshot')
  })

  it('tells the first findings in full and the others in a line each', () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      scenario('crash', pointAt(11 + (index % 7), { hit: index + 1 }), failed(new Error(`wrong ${index}`))),
    )
    const text = shown(reportOf(many), { ...plain, maxCauses: 2 })
    expect(text.match(/replay {4}/g)).toHaveLength(2)
    expect(text).toContain('✗ 3  src/jobs/checkout.ts:13  wrong 2')
    expect(text).toContain('and 18 more findings')
  })
})

describe('colours', () => {
  it('are only colours', () => {
    const colored = renderTerminal(sample.threeBugs(), { ...plain, colors: true })
    expect(colored).toContain('\x1b[31m')
    expect(stripVTControlCharacters(colored)).toBe(renderTerminal(sample.threeBugs(), plain))
    expect(colored).not.toMatch(/[ \t]\n/)
  })

  it.each([
    [{ NO_COLOR: '1' }, false],
    [{ FORCE_COLOR: '1' }, true],
    [{}, false],
  ])('follow the environment %o', (more, expected) => {
    const { NO_COLOR: _no, FORCE_COLOR: _force, CI: _ci, ...env } = process.env
    const file = resolve(import.meta.dirname, '../../../src/report/paint.ts')
    const code = `import { paintFor } from ${JSON.stringify(file)}; process.stdout.write(paintFor().red('x'))`
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      env: { ...env, ...more } as NodeJS.ProcessEnv,
      encoding: 'utf8',
    })
    expect(out).toBe(expected ? '\x1b[31mx\x1b[39m' : 'x')
  })
})

describe('missing source', () => {
  const one = () => reportOf([scenario('crash', awaitAt(13, 14), failed(new Error('wrong')))])

  it('is said, and everything else is told', () => {
    const text = shown(one(), { ...plain, readSource: () => undefined })
    expect(text).toContain('(the source of src/jobs/checkout.ts could not be read)')
    expect(text).toContain('FAULTLINE_REPLAY=')
    expect(shown({ ...one(), root: '/nowhere' }, { colors: false, width: 80 })).toContain('could not be read')
  })

  it('is said where the file has become shorter', () => {
    expect(shown(one(), { ...plain, readSource: () => 'x\n' })).toContain(
      `(${FILE} has no line 13: it has changed)`,
    )
  })
})

it('says it all on one line', () => {
  expect(renderSummaryLine(sample.threeBugs(), plain)).toBe(
    '✗ fulfil order  4 of 15 scenarios fail  8 points · 312 ms',
  )
  expect(renderSummaryLine(reportOf(survivors()), plain)).toBe(
    '✓ fulfil order  survived all 14 scenarios  7 points · 312 ms',
  )
})

it('renders 10,000 scenarios in no time', () => {
  const error = new Error('wrong')
  const scenarios = Array.from({ length: 10_000 }, (_, index) =>
    scenario('crash', pointAt(1 + (index % 5000), { hit: 1 + (index % 3) }), index % 2 ? failed(error) : {}),
  )
  const data = reportOf(scenarios)
  // The best of three: the machine may be busy with other tests.
  const tookMs = [1, 2, 3].map(() => {
    const startMs = performance.now()
    renderTerminal(data, plain)
    return performance.now() - startMs
  })
  expect(Math.min(...tookMs)).toBeLessThan(300)
  shown(data)
})
