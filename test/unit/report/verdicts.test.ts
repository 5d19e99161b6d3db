import { expect, it } from 'vitest'
import { renderVerdicts } from '../../../src/report/file-verdicts.ts'
import { paintFor } from '../../../src/report/paint.ts'
import { placeWords, siteOf } from '../../../src/report/place.ts'
import { timelineLines } from '../../../src/report/timeline.ts'
import { verdictsOf } from '../../../src/report/verdicts.ts'
import { offset, ordinal, percent, span } from '../../../src/report/words.ts'
import {
  awaitAt,
  event,
  FILE,
  pointAt,
  readSample,
  reportOf,
  START,
  scenario,
  threeBugs,
} from '../../helpers/sample-report.ts'

const failure = { outcome: 'failed', reason: 'assertion' } as const

it('shows a whole file with its verdicts', async () => {
  const text = renderVerdicts(threeBugs(), FILE, { colors: false, width: 80, readSource: readSample })
  await expect(`${text}\n`).toMatchFileSnapshot('./reports/verdicts.txt')
  expect(renderVerdicts(threeBugs(), 'src/none.ts', { colors: false, readSource: readSample })).toContain(
    'could not be read',
  )
})

it('takes the worst of what the scenarios say about a line', () => {
  const data = reportOf([
    scenario('error', pointAt(1)),
    scenario('crash', pointAt(1), failure),
    scenario('error', pointAt(2)),
    scenario('crash', pointAt(2), { outcome: 'flaky' }),
    scenario('error', pointAt(3), { outcome: 'beyond-policy' }),
    scenario('stall', pointAt(4), { outcome: 'unreached' }),
  ])
  const lines = verdictsOf(data).get(FILE)
  expect(lines?.get(1)).toEqual({ mark: 'failed', faults: ['crash'], findings: [1] })
  expect(lines?.get(2)).toMatchObject({ mark: 'unsure', faults: ['crash'] })
  expect(lines?.get(3)).toBeUndefined()
  expect(lines?.get(4)).toMatchObject({ mark: 'unsure', faults: ['stall'] })
})

it('blames a point of two names once, and lets the other line inherit a survival', () => {
  const lines = verdictsOf(
    reportOf([scenario('crash', awaitAt(13, 14), failure), scenario('crash', awaitAt(20, 21))]),
  ).get(FILE)
  expect([13, 14, 20, 21].map((line) => lines?.get(line)?.mark)).toEqual([
    'failed',
    undefined,
    'survived',
    'survived',
  ])
})

it('says in words where a point is', () => {
  const merged = pointAt(14, { also: [{ kind: 'await', key: `${FILE}:13`, line: 13 }] })
  expect(siteOf(merged)).toEqual({ file: FILE, line: 13, kind: 'await' })
  const words = [
    pointAt(14),
    pointAt(14, { key: `${FILE}:14:22` }),
    merged,
    awaitAt(13, 14),
    pointAt(10, { kind: 'call', also: [{ kind: 'line', key: `${FILE}:11`, line: 11 }] }),
    pointAt(17, { kind: 'return' }),
    pointAt(0, { kind: 'enqueue', key: 'before enqueue mail', file: '' }),
    pointAt(0, { kind: 'settle', key: 'settle', file: '' }),
  ].map(placeWords)
  expect(words).toEqual([
    'before src/jobs/checkout.ts:14',
    'before src/jobs/checkout.ts:14:22',
    'after the await on src/jobs/checkout.ts:13 settled, before line 14',
    'after the await on src/jobs/checkout.ts:13 settled, before line 14',
    'on entry to checkout (src/jobs/checkout.ts:10), before line 11',
    'before checkout returned (src/jobs/checkout.ts:17)',
    'before mail was enqueued',
    'after checkout returned, before the queue recorded it',
  ])
})

it('leaves out the middle of a long timeline, and never what went wrong', () => {
  const events = Array.from({ length: 100 }, (_, index) =>
    index === 50
      ? event(index, 'crashed', { detail: 'here' })
      : event(index * 1000, 'started', { delivery: index + 1 }),
  )
  const lines = timelineLines(events, START, 78, paintFor(false))
  expect(lines).toHaveLength(17)
  expect(lines[7]?.trim()).toBe('⋮  43 more')
  expect(lines[8]).toContain('✗ died: here')
  expect(lines[9]?.trim()).toBe('⋮  42 more')
})

it('writes numbers as people read them', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 102].map(ordinal).join(' ')).toBe(
    '1st 2nd 3rd 4th 11th 12th 13th 21st 102nd',
  )
  expect([0, 999, 1500, 30_000, 90_000, 7_200_005, 14 * 86_400_000].map(span)).toEqual([
    '0 ms',
    '999 ms',
    '1 s 500 ms',
    '30 s',
    '1 m 30 s',
    '2 h',
    '14 d',
  ])
  expect([offset(0), offset(30_000), offset(-5)]).toEqual(['+0 ms', '+30 s', '−5 ms'])
  expect([percent(1), percent(0.9999), percent(0.927), percent(0), percent(Number.NaN)]).toEqual([
    '100 %',
    '99.9 %',
    '92.7 %',
    '0 %',
    '0 %',
  ])
})
