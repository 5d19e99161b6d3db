import {
  crash,
  createSwitch,
  defineJob,
  defineSimulation,
  memoryQueue,
  performAll,
  runSimulation,
  simulate,
  trace,
} from 'faultline'
import { testRaces, testSimulation } from 'faultline/vitest'
import { test } from 'vitest'
import { charge } from '../../../fixtures/engine/charge.ts'
import { World } from '../../helpers/engine-world.ts'

const job = defineJob<null>({ name: 'job', perform: () => charge(new World()) })
const messageOf = async (body: () => unknown) => {
  try {
    await body()
    return 'no error'
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    return `${code}: ${message}`
  }
}

const wrong: [string, object][] = [
  ['an unknown option', { assertion: () => {} }],
  ['an option of another tool', { retries: 3 }],
  ['an unknown fault', { faults: ['crsh'] }],
  ['a fault that does not exist', { faults: ['zombie'] }],
  ['no faults', { faults: [] }],
  ['faults that are no list', { faults: 'crash' }],
  ['an unknown check', { checks: { complete: false } }],
  ['a check that is neither on nor off', { checks: { drained: 'no' } }],
  ['checks that are a list', { checks: ['drained'] }],
  ['no checks', { checks: null }],
  ['a fault that nobody made', { faults: [crash] }],
  ['a fault named as what every object has', { faults: ['toString'] }],
  ['no fault', { faults: [null] }],
  ['name', { name: 5 }],
  ['an empty name', { name: ' ' }],
  ['half a scenario', { maxScenarios: 0.5 }],
  ['depth', { depth: 0 }],
  ['hits', { hits: 0 }],
  ['hits in words', { hits: 'some' }],
  ['errors', { errors: 'always' }],
  ['now', { now: new Date(Number.NaN) }],
  ['now as a number', { now: 0 }],
  ['maxScenarios', { maxScenarios: 0 }],
  ['maxDeliveries', { maxDeliveries: -1 }],
  ['hangAfterMs', { hangAfterMs: '2s' }],
  ['budgetMs', { budgetMs: Number.NaN }],
  ['seed', { seed: 1.5 }],
  ['setup', { setup: {} }],
  ['snapshot', { snapshot: true }],
  ['onCrash', { onCrash: 'cut' }],
  ['within', { within: 'soon' }],
  ['mask', { mask: 'orders' }],
  ['a mask of the whole', { mask: [''] }],
  ['points', { points: 7 }],
  ['points without a name', { points: '' }],
  ['one of the points without a name', { points: ['src/**', ''] }],
  ['queue', { queue: {} }],
  ['a queue that is not returned', { queue: () => undefined }],
  ['a queue that is no queue', { queue: async () => new World() }],
  ['keep', { keep: 'src/db.ts' }],
  ['an empty keep', { keep: [''] }],
  ['prune', { prune: true }],
  ['no prune', { prune: null }],
  ['prune without state', { prune: { verify: true } }],
  ['prune with more', { prune: { state: () => 1, verified: true } }],
  ['prune of a job whose memory stays', { prune: { state: () => 1 } }],
  ['signal', { signal: new AbortController() }],
]

test.for(wrong)('a wrong option is told: %s', async ([, options], { expect }) => {
  expect(await messageOf(() => simulate(job.with(null), () => {}, options))).toMatchSnapshot()
})

const calls: [string, () => unknown][] = [
  [
    'prune of a script',
    () =>
      simulate(
        () => {},
        () => {},
        { prune: { state: () => 1 } },
      ),
  ],
  ['nothing to judge it by', () => simulate(job.with(null))],
  ['two assertions', () => simulate(job.with(null), () => {}, (() => {}) as never)],
  ['two sets of options', () => simulate(job.with(null), {}, {} as never)],
  ['null', () => simulate(job.with(null), null as never)],
  ['a list', () => simulate(job.with(null), () => {}, [] as never)],
  ['a trace with assertions', () => trace(job.with(null), (() => {}) as never)],
  ['a simulation without a name', () => defineSimulation(undefined as never, job.with(null), () => {})],
  ['a test without a name', () => testSimulation(undefined as never, job.with(null), () => {})],
  ['a test whose name is its work', () => testSimulation(job.with(null) as never, (() => {}) as never)],
  ['a blank name', () => testSimulation.skip(' ', job.with(null), () => {})],
  ['races without a name', () => testRaces([job.with(null), job.with(null)] as never, (() => {}) as never)],
  ['a queue of a list', () => memoryQueue([] as never)],
  ['an enqueue with a list', () => job.with(null, [] as never)],
  ['perform with a list', () => performAll(memoryQueue(), [] as never)],
  ['a yes', () => performAll(memoryQueue(), { allowDead: 'yes' as never })],
  ['a switch that is neither on nor off', () => createSwitch('on' as never)],
  ['a definition instead of a request', () => simulate(job as never, () => {})],
  ['an object', () => simulate({ name: 'job' } as never, () => {})],
  ['nothing at all', () => simulate(undefined as never, () => {})],
  ['a name', () => simulate('job' as never, () => {})],
  ['no scenario that can strike', () => runSimulation(job.with(null), () => {}, { points: 'nowhere/**' })],
  [
    'code that is not instrumented',
    () => simulate(defineJob<null>({ name: 'blank', perform: () => {} }).with(null), () => {}),
  ],
]

test.for(calls)('a wrong call is told: %s', async ([, call], { expect }) => {
  const text = await messageOf(call)
  expect(text.replace(/Instrumented were .*?\. The/s, 'Instrumented were …. The')).toMatchSnapshot()
})

test.for([
  ['a class instance', { order: new World() }],
  ['a Map', { lists: [1, new Map()] }],
  ['a function', { a: { b: () => {} } }],
  ['undefined in a list', { list: [1, undefined] }],
  ['NaN', { total: Number.NaN }],
  ['a BigInt', { id: 1n }],
  ['an invalid date', { at: new Date(Number.NaN) }],
] as [string, object][])(
  'a payload that does not survive JSON is told with its path: %s',
  async ([, payload], { expect }) => {
    const queue = memoryQueue()
    const any = defineJob<object>({ name: 'any', perform: () => {} })
    expect(await messageOf(() => queue.enqueue(any, payload))).toMatchSnapshot()
    expect(await queue.pending()).toEqual([])
  },
)
