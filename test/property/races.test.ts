import fc from 'fast-check'
import { defineJob, exploreRaces, type RaceReport, type RaceStrategy, runRace } from 'faultline'
import { expect, test } from 'vitest'
import { type Cells, type Instruction, interpret } from '../../fixtures/engine/race-programs.ts'

type Program = readonly Instruction[]

const key = fc.constantFrom('x', 'y')
const effect: fc.Arbitrary<Instruction> = fc.record({ do: fc.constantFrom('get', 'set', 'add'), key })
const jump: fc.Arbitrary<Instruction> = fc.record({
  do: fc.constantFrom('skipIfOdd', 'again'),
  count: fc.integer({ min: 1, max: 2 }),
})
const end: fc.Arbitrary<Instruction> = fc.record({ do: fc.constantFrom('return', 'failFirst') })
const program = fc.array(
  fc.oneof({ arbitrary: effect, weight: 6 }, { arbitrary: jump, weight: 2 }, { arbitrary: end, weight: 1 }),
  { minLength: 1, maxLength: 4 },
)
const programs = fc.array(program, { minLength: 2, maxLength: 3 })

/** More schedules than this prove no more. */
const schedulesMax = 400

/** A racer of the model: where it is, step by step, without any promise. */
interface Racer {
  at: number
  value: number
  left: number
  attempt: number
  ended: boolean
}

interface State {
  readonly cells: Record<string, number>
  readonly racers: Racer[]
}

/** Up to and with its next effect, or to its end. */
function step({ cells, racers }: State, index: number, code: Program): void {
  const me = racers[index]!
  for (; me.at < code.length; me.at++) {
    const one = code[me.at]!
    if ('key' in one) {
      const known = cells[one.key] ?? 0
      if (one.do === 'get') me.value = known
      else if (one.do === 'set') cells[one.key] = me.value * 2 + 1
      else cells[one.key] = me.value = known + 1
      me.at++
      return
    }
    if (one.do === 'skipIfOdd') me.at += me.value % 2 === 0 ? 0 : one.count
    else if (one.do === 'return') break
    else if (one.do === 'failFirst') {
      if (me.attempt > 1) continue
      Object.assign(me, { at: 0, value: 0, left: 1, attempt: 2 })
      return
    } else if (one.do === 'again' && me.left-- > 0) me.at = Math.max(-1, me.at - one.count - 1)
  }
  me.ended = true
}

/** Every schedule with its final state, worked out without Faultline; `undefined`: they are too many. */
function modelled(codes: readonly Program[]): Map<string, string> | undefined {
  const ends = new Map<string, string>()
  const walk = (state: State, schedule: string): boolean => {
    const open = state.racers.flatMap(({ ended }, index) => (ended ? [] : [index]))
    if (open.length === 0) ends.set(schedule, show(state.cells))
    if (ends.size > schedulesMax) return false
    return open.every((index) => {
      const next = structuredClone(state)
      step(next, index, codes[index]!)
      return walk(next, schedule + String.fromCharCode(65 + index))
    })
  }
  const racers = codes.map(() => ({ at: 0, value: 0, left: 1, attempt: 1, ended: false }))
  return walk({ cells: {}, racers }, '') ? ends : undefined
}

const show = ({ x = 0, y = 0 }: Record<string, number>): string => `${x} ${y}`

/** How often a racer that had not ended was left. */
function preemptions(schedule: string): number {
  return [...schedule].filter(
    (letter, at) => at > 0 && schedule[at - 1] !== letter && schedule.slice(at).includes(schedule[at - 1]!),
  ).length
}

function racing(codes: readonly Program[]) {
  let cells: Record<string, number> = {}
  const world: Cells = {
    get: async (name) => cells[name] ?? 0,
    set: async (name, value) => void (cells[name] = value),
    add: async (name, value) => (cells[name] = (cells[name] ?? 0) + value),
  }
  const works = codes.map((code, index) =>
    defineJob<null>({
      name: `program ${index}`,
      perform: (_, { attempt }) => interpret(world, code, attempt),
    }).with(null),
  )
  const setup = () => void (cells = {})
  const ends: string[] = []
  const look = () => void ends.push(show(cells))
  return { works, setup, ends, look, state: () => show(cells) }
}

async function explored(codes: readonly Program[], strategy: RaceStrategy) {
  const { works, setup, ends, look } = racing(codes)
  const report = await exploreRaces(works, look, { setup, strategy, budget: schedulesMax + 1 })
  return { report, ends: report.races.map(({ schedule }, at) => [schedule, ends[at]!] as const) }
}

const settings = { numRuns: 60, seed: 1 }

test('all schedules run, each once, and come to what they must come to', { timeout: 120_000 }, async () => {
  let most = 0
  await fc.assert(
    fc.asyncProperty(programs, async (codes) => {
      const expected = modelled(codes)
      fc.pre(expected !== undefined)
      most = Math.max(most, expected.size)
      const { report, ends } = await explored(codes, 'exhaustive')
      expect(ends.length).toBe(expected.size)
      expect(new Map(ends)).toEqual(expected)
      expect(report.summary.exhaustive).toBe(true)
      const by = report.steps.join() // Counted from the works in series.
      expect(report.summary.guarantee, by).toMatch(new RegExp(`^all ${expected.size} schedules[ ,]`))
    }),
    settings,
  )
  expect(most).toBeGreaterThan(100)
})

const neverFails = programs.filter((codes) => !codes.flat().some((one) => one.do === 'failFirst'))

test('a bound is what it says, and what is found first has the fewest preemptions', {
  timeout: 120_000,
}, async () => {
  let found = 0
  await fc.assert(
    fc.asyncProperty(neverFails, fc.integer({ min: 0, max: 3 }), async (codes, bound) => {
      const expected = modelled(codes)
      fc.pre(expected !== undefined)
      const within = [...expected].filter(([schedule]) => preemptions(schedule) <= bound)
      const { report, ends } = await explored(codes, { preemptions: bound })
      expect(new Map(ends)).toEqual(new Map(within))
      expect(ends.length).toBe(within.length)
      for (const race of report.races) expect(race.preemptions).toBe(preemptions(race.schedule))

      const serial = new Set(
        [...expected]
          .filter(([one]) => /^(.)\1*(?:(.)\2*)?(?:(.)\3*)?$/.test(one) && isSerial(one))
          .map(([, state]) => state),
      )
      const wrong = [...expected].filter(([, state]) => !serial.has(state)).map(([one]) => preemptions(one))
      const auto = await byState(codes, serial)
      expect(auto.wrongInSeries).toBe(false)
      expect(auto.failures.length > 0).toBe(wrong.length > 0)
      if (wrong.length === 0) return
      found++
      expect(auto.failures[0]!.preemptions).toBe(Math.min(...wrong))
      const told = auto.failures.find(({ lines }) => lines !== undefined)!
      for (const { letter, step: at } of told.lines!) expect(letter).toBe(told.schedule[at])
    }),
    settings,
  )
  expect(found).toBeGreaterThan(5)
})

function isSerial(schedule: string): boolean {
  const order = schedule.replace(/(.)\1+/g, '$1')
  return new Set(order).size === order.length
}

/** Judged by what the works come to one after the other. */
async function byState(codes: readonly Program[], serial: ReadonlySet<string>): Promise<RaceReport> {
  const { works, setup, state } = racing(codes)
  return exploreRaces(works, () => serial.has(state()), { setup, budget: schedulesMax + 1 })
}

test('what is followed is what was run', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(programs, fc.nat(), async (codes, pick) => {
      const expected = modelled(codes)
      fc.pre(expected !== undefined)
      const [schedule, state] = [...expected][pick % expected.size]!
      const { works, setup, ends, look } = racing(codes)
      const result = await runRace(works, { setup, schedule }, look)
      expect([result.schedule, ends.at(-1)]).toEqual([schedule, state])
    }),
    settings,
  )
})
