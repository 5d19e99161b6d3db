import { defineJob, exploreRaces, isFaultlineError, redelivery, runRace } from 'faultline'
import { expect, test } from 'vitest'

const job = defineJob<number>({ name: 'job', perform: async () => {} })
const [a, b] = [job.with(1), job.with(2)]
const fine = () => true

const cases: [what: string, run: () => Promise<unknown>, message: RegExp][] = [
  ['no works', () => runRace([], {}, fine), /2 to 8 works: received a list of 0/],
  ['one work', () => exploreRaces([a], fine), /2 to 8 works: received a list of 1/],
  [
    'nine works',
    () =>
      exploreRaces(
        Array.from({ length: 9 }, () => a),
        fine,
      ),
    /received a list of 9/,
  ],
  ['what is no work', () => exploreRaces([a, 7 as never], fine), /no work: received number/],
  [
    'a letter beyond',
    () => runRace([a, b], { schedule: 'ABC' }, fine),
    /'ABC' with 'C' in it; allowed are the letters A, B/,
  ],
  ['no schedule', () => runRace([a, b], { schedule: 7 as never }, fine), /schedule: received 7/],
  [
    'an unknown strategy',
    () => exploreRaces([a, b], { strategy: 'exhaustiv' as never }, fine),
    /no strategy 'exhaustiv'; allowed are auto, exhaustive, random/,
  ],
  [
    'a strategy of no kind',
    () => exploreRaces([a, b], { strategy: { pct: { depth: 0, runs: 1 } } }, fine),
    /strategy: received \{"pct"/,
  ],
  [
    'more than a strategy',
    () => exploreRaces([a, b], { strategy: { pct: { depth: 2, runs: 3, seed: 7 } } as never }, fine),
    /strategy: received \{"pct"/,
  ],
  [
    'one connection for both',
    () => {
      const shared = { end: () => expect.unreachable('it is closed by whoever made it') }
      return exploreRaces([a, b], { connect: () => shared }, fine)
    },
    /connect gave worker A and worker B the same connection/,
  ],
  [
    'negative preemptions',
    () => exploreRaces([a, b], { strategy: { preemptions: -1 } }, fine),
    /strategy: received/,
  ],
  [
    'no budget',
    () => exploreRaces([a, b], { budget: 0 }, fine),
    /budget: received 0; allowed is a whole number > 0/,
  ],
  ['half a schedule', () => exploreRaces([a, b], { budget: 1.5 }, fine), /budget: received 1.5/],
  ['no patience', () => exploreRaces([a, b], { blockedAfterMs: -1 }, fine), /blockedAfterMs: received -1/],
  [
    'granularity',
    () => exploreRaces([a, b], { granularity: 'word' as never }, fine),
    /granularity: received "word"; allowed are 'await' and 'line'/,
  ],
  ['connect', () => exploreRaces([a, b], { connect: 'db' as never }, fine), /connect: received "db"/],
  ['an unknown option', () => exploreRaces([a, b], { budgets: 3 } as never, fine), /no option 'budgets'/],
  [
    'a schedule to explore',
    () => exploreRaces([a, b], { schedule: 'AB' } as never, fine),
    /no option 'schedule'/,
  ],
  ['nothing to judge by', () => exploreRaces([a, b], {}), /nothing to judge it by/],
  [
    'a redelivery alone',
    () => exploreRaces([redelivery(a), b], fine),
    /redelivery\(job\) races without its first delivery/,
  ],
  [
    'too many orders',
    () => exploreRaces([a, b, a, b, a, b], { snapshot: () => 1 }),
    /snapshot: received with 6 works; allowed are up to 5/,
  ],
]

test.for(cases)('%s', async ([, run, message]) => {
  const error = await run().then(
    () => undefined,
    (reason) => reason,
  )
  expect(isFaultlineError(error, 'FAULTLINE_BAD_OPTION')).toBe(true)
  expect(error.message).toMatch(message)
})

test('redelivery of no request', () => {
  expect(() => redelivery(7 as never)).toThrow(/takes a job request: received number/)
})
