import assert from 'node:assert/strict'
import { expect, test } from 'vitest'
import { causesOf } from '../../../src/explore/causes.ts'
import type { Point } from '../../../src/model/point.ts'
import type { ScenarioResult } from '../../../src/model/result.ts'
import { REPOSITORY } from '../../helpers/source-alias.ts'

const point = (line: number): Point => ({
  key: `src/job.ts:${line}`,
  kind: 'line',
  file: 'src/job.ts',
  line,
  column: 3,
  function: 'job',
  hit: 1,
  attempt: 1,
  job: 'job-1',
  jobId: 'job-1',
  canFail: true,
  pausable: false,
  also: [],
})

const failure = (line: number, error: unknown, reason: ScenarioResult['reason'] = 'assertion') =>
  ({
    id: `crash@${line}`,
    faults: [{ fault: 'crash', point: point(line) }],
    outcome: 'failed',
    reason,
    error,
    replay: '',
    timeline: [{ at: 0, kind: 'dead', job: 'job', jobId: 'job-1', delivery: 1, worker: '' }],
  }) as ScenarioResult

const caught = (assertion: () => unknown): unknown => {
  try {
    assertion()
  } catch (error) {
    return error
  }
  return expect.unreachable()
}

const grouped = (failures: ScenarioResult[]) =>
  causesOf(failures, REPOSITORY).map(({ message, point, scenarios }) => [message, point?.line, scenarios])

test('lines that come to the same end are one cause, told at the first of them', () => {
  const charged = (times: number) => caught(() => assert.equal(times, 1, `charged ${times} times`))
  expect(grouped([failure(1, charged(2)), failure(2, charged(3)), failure(3, charged(2))])).toEqual([
    ['charged 2 times', 1, ['crash@1', 'crash@3']],
    ['charged 3 times', 2, ['crash@2']],
  ])
})

test('the same words at another assertion are another cause', () => {
  const one = caught(() => assert.equal(2, 1, 'wrong'))
  const two = caught(() => assert.equal(2, 1, 'wrong'))
  expect(grouped([failure(1, one), failure(2, two)])).toHaveLength(2)
})

test.each([
  ['node:assert', (value: unknown) => assert.deepEqual(value, { charges: 1, mails: 1 })],
  ['expect', (value: unknown) => expect(value).toEqual({ charges: 1, mails: 1 })],
])('one assertion of %s over the whole state tells two bugs apart', (_library, judge) => {
  const ends = [
    { charges: 2, mails: 1 },
    { charges: 1, mails: 0 },
    { charges: 2, mails: 1 },
  ]
  const failures = ends.map((end, index) =>
    failure(
      index,
      caught(() => judge(end)),
    ),
  )
  expect(grouped(failures).map(([, , scenarios]) => scenarios)).toEqual([['crash@0', 'crash@2'], ['crash@1']])
})

test('a job that dies wherever it fails is one cause', () => {
  const died = [1, 2].map((line) => failure(line, new Error(`glitch at ${line}`), 'dead'))
  expect(grouped(died).map(([, , scenarios]) => scenarios)).toEqual([['crash@1', 'crash@2']])
})

test('what failed and what was flaky stay apart', () => {
  const error = new Error('wrong')
  expect(grouped([failure(1, error), { ...failure(2, error), outcome: 'flaky' }])).toHaveLength(2)
})
