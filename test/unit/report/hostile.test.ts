import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { replayLine, shellQuoted } from '../../../src/report/replay.ts'
import { renderTerminal } from '../../../src/report/terminal.ts'
import { cut, oneLine, textWidth, visible, wrap } from '../../../src/report/text.ts'
import { event, pointAt, reportOf, scenario } from '../../helpers/sample-report.ts'

const EVIL = 'a\x1b[2J\x1b]0;title\x07b\0c\x9bd\u202ee\u2028f\ud800g'
// biome-ignore lint/suspicious/noControlCharactersInRegex: looks for exactly these.
const CONTROL = /[\0-\x09\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e]/

it('lets nothing through that a terminal obeys, from anywhere', () => {
  const point = pointAt(2, {
    file: `src/${EVIL}.ts`,
    key: EVIL,
    function: EVIL,
    job: EVIL,
    jobId: EVIL,
    kind: 'call',
  })
  const error = new Error(`${EVIL}\n${EVIL}`)
  error.stack = `Error: x\n    at /app/${EVIL}.ts:1:1`
  const timeline = [event(0, 'glitched', { point, detail: EVIL, jobId: EVIL, worker: EVIL })]
  const one = scenario('crash', point, {
    outcome: 'failed',
    reason: 'assertion',
    error,
    replay: EVIL,
    timeline,
    approximate: EVIL,
  })
  const data = reportOf([one], { now: EVIL, notCovered: { [EVIL]: EVIL } }, { name: EVIL, command: EVIL })
  const text = renderTerminal(data, {
    colors: false,
    width: 80,
    readSource: () => `one\r\n\tt${EVIL}wo\r\nthree`,
  })
  expect(text).not.toMatch(CONTROL)
  expect(text.isWellFormed()).toBe(true)
})

it('makes control characters visible and keeps lines', () => {
  expect(visible('a\x1b[31mred\x1b[0m\0\x07\tb\r\nc\rd\x7f')).toBe('ared␀␇  b\nc\nd␡')
  expect(visible('\u202eevil')).toBe('\\u202eevil')
  expect(oneLine(' a\n  b \n')).toBe('a b')
})

it('measures, cuts and wraps wide characters', () => {
  expect(textWidth('日本語')).toBe(6)
  expect(textWidth('e\u0301')).toBe(1)
  expect(textWidth('🚀')).toBe(2)
  expect(cut('日本語', 5)).toBe('日本…')
  expect(cut('abc', 3)).toBe('abc')
  expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrap('abcdefgh', 3)).toEqual(['abc', 'def', 'gh'])
  expect(wrap('', 3)).toEqual([''])
})

it('bounds a huge message and long source lines, and says what is left out', { retry: 3 }, () => {
  const error = new Error(`first\n${'line\n'.repeat(500)}${'x'.repeat(1_000_000)}`)
  const one = scenario('crash', pointAt(1), { outcome: 'failed', reason: 'assertion', error })
  const startMs = performance.now()
  const source = () => `${'日'.repeat(300_000)}\n`
  const text = renderTerminal(reportOf([one]), { colors: false, width: 80, readSource: source })
  expect(performance.now() - startMs).toBeLessThan(300)
  expect(text).toMatch(/… 46\d more lines, 996,5\d\d more characters/)
  expect(
    Math.max(
      ...text
        .split('\n')
        .filter((line) => !line.includes('REPLAY='))
        .map(textWidth),
    ),
  ).toBeLessThanOrEqual(80)
})

it('survives errors that are none', () => {
  const trap = new Proxy(new Error('x'), {
    get() {
      throw new Error('trap')
    },
  })
  for (const error of [trap, 'text', null, { message: 7 }, { actual: {}, expected: trap }]) {
    const one = scenario('crash', pointAt(1), {
      outcome: 'failed',
      reason: 'assertion',
      error: error as Error,
    })
    const data = {
      ...reportOf([]),
      scenarios: [one],
      failures: [one],
      causes: [{ reason: 'odd', message: 'a cause', scenarios: [one.id] }],
    }
    expect(renderTerminal(data, { colors: false, readSource: () => '' })).toContain('odd')
  }
})

it('compares the two values of an assertion that leaves it to the runner', () => {
  const error = Object.assign(new Error('expected [ Array(1) ] to deeply equal [ Array(2) ]'), {
    expected: [{ to: 'ann', times: 1 }],
    actual: [{ to: 'ann', times: 2 }],
  })
  const one = scenario('crash', pointAt(1), { outcome: 'failed', reason: 'assertion', error })
  const text = renderTerminal(reportOf([one]), { colors: false, readSource: () => 'x' })
  expect(text).toContain('      -     times: 1,\n      +     times: 2,')
})

it.each(["it's a name: crash@a.ts:1", 'a "b" $HOME `id` \\ !', "line\nbreak\t\x1b[31m'q'", '日本'])(
  'quotes the token %j for a shell',
  (token) => {
    const out = execFileSync('bash', ['-c', `printf %s ${shellQuoted(token)}`], { encoding: 'utf8' })
    expect(out).toBe(token)
    const line = replayLine(token, 'printenv FAULTLINE_REPLAY')
    expect(line).not.toMatch(CONTROL)
    expect(execFileSync('bash', ['-c', line], { encoding: 'utf8' })).toBe(`${token}\n`)
  },
)
