import { defineJob, simulate } from 'faultline'
import { expect, test } from 'vitest'
import { carrier, returns } from '../../../fixtures/engine/returns-in-try.ts'
import { inSource } from '../../helpers/source-lines.ts'

const setup = () => {
  carrier.shipped.length = 0
  carrier.refused.length = 0
}

/** Why the job fails, and the lines that are blamed for it. */
async function blamed(name: string, attempts: number) {
  const ship = returns[name]!
  const job = defineJob<string>({ name: 'ship', attempts, perform: (what) => ship(what) })
  const { causes } = await simulate(job.with('a'), () => carrier.shipped.length === 1, {
    setup,
    faults: ['error'],
  })
  return causes.map(({ reason, blame }) => [reason, blame && inSource(`‹${blame.file}:${blame.line}›`)])
}

const returned = expect.stringContaining('return carrier.ship(what)')

test.for([
  ['handles what it knows', 2, [['dead', returned]]],
  [
    'handles everything',
    2,
    [
      ['assertion', undefined],
      ['dead', returned],
    ],
  ],
  ['always throws', 2, [['dead', undefined]]],
  ['lets another throw', 2, [['dead', undefined]]],
  ['has no catch', 2, [['dead', undefined]]],
  ['awaits', 2, [['dead', undefined]]],
] as const)(
  'a job that dies of an error which its catch never saw: %s',
  async ([name, attempts, expected]) => {
    expect(await blamed(name, attempts)).toEqual(expected)
  },
)

test('a fault that the catch would have thrown on blames no return', async () => {
  // The first is the fault itself; the second a redelivery that finds the thing shipped.
  expect(await blamed('handles what it knows', 1)).toEqual([
    ['dead', undefined],
    ['dead', returned],
  ])
})
