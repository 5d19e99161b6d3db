import { expect, test } from 'vitest'
import { timelineLayout } from '../../../../src/report/html/timeline-layout.ts'
import { crashTimeline, errorTimeline, event, pointAt, START } from '../../../helpers/sample-report.ts'

const point = pointAt(13)

test('a crash ends its lane, and the redelivery begins another', () => {
  const { lanes, bars, arrows, lives, leaps, ticks } = timelineLayout(crashTimeline(point), START)
  expect(lanes.map(({ name }) => name)).toEqual(['queue', 'worker 1', 'worker 2'])
  expect(bars.map(({ worker, delivery, end, row }) => ({ worker, delivery, end, row }))).toEqual([
    { worker: 'worker 1', delivery: 1, end: 'crashed', row: 1 },
    { worker: 'worker 2', delivery: 2, end: 'completed', row: 2 },
  ])
  expect(lives.map(({ row, died }) => [row, died])).toEqual([
    [1, true],
    [2, false],
  ])
  expect(lives[0]!.to).toBe(bars[0]!.to)
  expect(arrows).toEqual([
    { fromX: bars[0]!.to, fromRow: 1, toX: bars[1]!.from, toRow: 2, label: 'redelivered' },
  ])
  expect(leaps.map(({ label }) => label)).toEqual(['30 s'])
  expect(ticks.map(({ label }) => label)).toEqual(['+0 ms', '+30 s'])
})

test('a retry stays on its lane', () => {
  const { lanes, bars, arrows } = timelineLayout(errorTimeline(point), START)
  expect(lanes.map(({ name }) => name)).toEqual(['queue', 'worker 1'])
  expect(bars.map(({ end }) => end)).toEqual(['failed', 'completed'])
  expect(arrows).toMatchObject([{ fromRow: 1, toRow: 1, label: 'retried' }])
})

test('a zombie is frozen while another works, wakes beside it and is refused', () => {
  const second = { delivery: 2, worker: 'worker 2' }
  const { bars, arrows } = timelineLayout(
    [
      event(0, 'started'),
      event(0, 'glitched', { point, detail: 'stall' }),
      event(0, 'stalled'),
      event(30_000, 'redelivered', second),
      event(30_000, 'woke'),
      event(30_000, 'completed', second),
      event(30_000, 'refused'),
    ],
    START,
  )
  const [zombie, other] = bars
  expect(zombie!.end).toBe('refused')
  expect(zombie!.stretches).toMatchObject([{ kind: 'frozen' }])
  const [frozen] = zombie!.stretches
  expect(frozen!.from).toBeLessThan(other!.from)
  expect(frozen!.to).toBeGreaterThan(other!.from)
  expect(zombie!.to).toBeGreaterThan(other!.to)
  expect(arrows[0]!.fromX).toBe(frozen!.from)
})

test.each(['bailedOut', 'rescheduled'] as const)('a delivery that ended by %s goes on in another', (kind) => {
  const { bars, arrows } = timelineLayout(
    [event(0, 'started'), event(0, kind), event(9000, 'redelivered', { delivery: 2, worker: 'worker 2' })],
    START,
  )
  expect(bars.map(({ end }) => end)).toEqual([kind, 'open'])
  expect(bars[0]!.to).toBeLessThan(bars[1]!.from)
  expect(arrows).toHaveLength(1)
})

test('deliveries of one worker that overlap stand below each other, and one without an end reaches the end', () => {
  const other = { jobId: 'mail-1', job: 'mail' }
  const { bars, rows, width, lanes } = timelineLayout(
    [event(0, 'started'), event(0, 'started', other), event(0, 'completed', other)],
    START,
  )
  expect(bars.map(({ row, end }) => [row, end])).toEqual([
    [0, 'open'],
    [1, 'completed'],
  ])
  expect([rows, lanes]).toEqual([2, [{ name: 'worker 1', row: 0, rows: 2 }]])
  expect(bars[0]!.to).toBeLessThan(width)
  expect(bars[0]!.to).toBeGreaterThan(bars[1]!.to)
})
