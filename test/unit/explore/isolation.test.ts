import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { defineJob, glitchAt, outside, runScenario, type SimulationOptions, simulate, trace } from 'faultline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Provider, steps, useProvider, useVault, Vault } from '../../../fixtures/engine/isolation.ts'
import { shared } from '../../../src/runtime/index.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))
const io = async (_name: string) => turn()
const job = defineJob<null>({ name: 'steps', perform: () => steps(io, 's') })

/** Everything that a simulation may touch, as it is right now. */
function surroundings() {
  const files = Object.values(shared.files)
  return {
    globals: [Date, Date.prototype.constructor, Math.random, performance.now, crypto.randomUUID, randomUUID],
    timers: [setTimeout, setInterval, setImmediate, queueMicrotask],
    listeners: process.eventNames().map((name) => [name, process.listeners(name as 'exit')]),
    resources: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
    on: shared.on,
    current: shared.current,
    armed: files.filter(({ s }) => s.some((byte) => byte !== 0)).map(({ path }) => path),
  }
}

describe('everything is as it was', () => {
  let before: ReturnType<typeof surroundings>

  beforeEach(async () => {
    await turn()
    before = surroundings()
  })

  afterEach(async () => {
    await turn()
    // The test runner's own timers come and go, so there may be fewer than before.
    const { resources, ...after } = surroundings()
    expect({ ...after, resources: Math.max(resources, before.resources) }).toEqual(before)
    expect([before.on, before.armed]).toEqual([false, []])
  })

  const boom = () => {
    throw new Error('boom')
  }
  const breakages: [string, SimulationOptions<void>][] = [
    ['boot', { boot: boom }],
    ['its dispose', { boot: () => boom }],
    ['setup', { setup: boom }],
    ['teardown', { teardown: boom }],
    ['a queue', { queue: boom }],
    ['onCrash', { onCrash: boom }],
    ['restart', { restart: boom }],
    ['onProgress', { onProgress: boom }],
    ['points', { points: boom }],
  ]

  test('after a simulation', async () => {
    expect((await simulate(job.with(null), () => {})).failures).toEqual([])
  })

  test('after one that fails', async () => {
    expect((await simulate(job.with(null), () => false)).failures.length).toBe(1)
    expect(
      (await simulate(job.with(null), ({ faults }) => faults.length === 0)).failures.length,
    ).toBeGreaterThan(4)
  })

  test('after assertions that throw', async () => {
    expect((await simulate(job.with(null), boom)).failures.length).toBe(1)
  })

  test.for(breakages)('after %s that throws', async ([, options]) => {
    await expect(simulate(job.with(null), () => {}, options)).rejects.toThrow('boom')
  })

  test('after one that is cancelled', async () => {
    const controller = new AbortController()
    const options = {
      signal: controller.signal,
      onProgress: (done: number) => done === 3 && controller.abort(),
    }
    await expect(simulate(job.with(null), () => {}, options)).rejects.toMatchObject({
      code: 'FAULTLINE_ABORTED',
    })
  })

  test('after runScenario and trace', async () => {
    const file = 'fixtures/engine/isolation.ts'
    await runScenario(job.with(null), { glitch: glitchAt(file, 'name}2') }, () => {})
    await trace(job.with(null))
    await expect(
      runScenario(job.with(null), { glitch: glitchAt(file, 'name}1', undefined, { hit: 9 }) }),
    ).rejects.toMatchObject({ code: 'FAULTLINE_UNREACHED' })
  })
})

describe('a simulation within a run is an error', () => {
  const nested = () => simulate(job.with(null), () => {})
  const places: [string, SimulationOptions<unknown>][] = [
    ['boot', { boot: nested }],
    ['setup', { setup: nested }],
    ['teardown', { teardown: nested }],
    ['a queue', { queue: nested as never }],
    ['onCrash', { onCrash: nested }],
    ['restart', { restart: nested }],
    ['snapshot', { snapshot: nested }],
  ]

  test.for(places)('in %s', async ([, options], { expect }) => {
    const error = await simulate(job.with(null), () => {}, options).catch((error) => error)
    expect([error.code, error.message]).toEqual([
      'FAULTLINE_NESTED',
      'simulate() was called inside of a run: from a job, from its set-up or from its assertions.\n  hint: Run one simulation after the other.',
    ])
  })

  test('in the assertions and in the job', async () => {
    const [asserted] = (await simulate(job.with(null), nested)).failures
    expect(asserted?.error).toMatchObject({ code: 'FAULTLINE_NESTED' })
    const inner = defineJob<null>({ name: 'inner', attempts: 1, perform: nested })
    const [performed] = (await simulate(inner.with(null), () => {})).failures
    expect(performed?.error?.message).toContain('simulate() was called inside of a run')
  })

  test('but not after it', async () => {
    await nested()
    await nested()
  })
})

test('two simulations that are started at once run one after the other', async () => {
  const log: string[] = []
  const run = (name: string) => {
    const logged = async (step: string) => {
      log.push(step)
      await turn()
    }
    const options = { faults: ['crash' as const], boot: () => void log.push(`boot ${name}`) }
    return simulate(
      defineJob<null>({ name, perform: () => steps(logged, name) }).with(null),
      () => {},
      options,
    )
  }
  const [a, b, alone] = [...(await Promise.all([run('a'), run('b')])), await run('a')]
  expect(log.lastIndexOf('a2', log.indexOf('boot b'))).toBe(log.indexOf('boot b') - 1)
  expect(log.slice(0, log.indexOf('boot b'))).toEqual(log.slice(log.lastIndexOf('boot a')))
  const told = ({ scenarios }: typeof a) => scenarios.map(({ id, outcome }) => `${id} ${outcome}`)
  expect(told(a)).toEqual(told(alone!))
  expect(told(b)).toEqual(told(a))
})

test('one that fails to start does not block the next', async () => {
  const bad = simulate(job.with(null), () => {}, {
    boot: () => {
      throw new Error('no database')
    },
  })
  const good = simulate(job.with(null), () => {})
  await expect(bad).rejects.toThrow('no database')
  expect((await good).failures).toEqual([])
})

describe('outside()', () => {
  test('code of an object gives no points, getters and setters neither', async () => {
    const perform = (vault: Vault) =>
      defineJob<null>({ name: 'vault', perform: () => useVault(vault) }).with(null)
    const functions = async (vault: Vault) => [
      ...new Set((await trace(perform(vault))).map((point) => point.function)),
    ]
    expect(await functions(new Vault())).toEqual([
      'useVault',
      'Vault#secret',
      'Vault#read',
      'Vault#later',
      '',
    ])
    expect(await functions(outside(new Vault()))).toEqual(['useVault', ''])
  })

  test('private members, getters and setters work, for each of two objects', async () => {
    const [one, two] = [outside(new Vault()), outside(new Vault())]
    two.secret = 'two'
    expect([one.read(), two.read(), one.secret, two.secret]).toEqual(['secret', 'two', 'secret', 'two'])
    expect(await Promise.all([one.later(), two.later()])).toEqual(['secret', 'two'])
  })

  test('identity of methods and of the object', () => {
    const vault = new Vault()
    const proxy = outside(vault)
    expect(proxy.read).toBe(proxy.read)
    expect(outside(vault)).toBe(proxy)
    expect(proxy instanceof Vault).toBe(true)
    expect(proxy.read.call(proxy)).toBe('secret')
  })

  test('code of the objects within it gives no points either', async () => {
    const functions = async (provider: Provider) => {
      const job = defineJob<null>({ name: 'provider', perform: () => useProvider(provider) })
      return new Set((await trace(job.with(null))).map((point) => point.function))
    }
    expect(await functions(new Provider())).toEqual(
      new Set(['useProvider', 'Provider#v1.charges.create', 'Vault#later', '']),
    )
    const provider = outside(new Provider())
    expect(await functions(provider)).toEqual(new Set(['useProvider', '']))
    expect(provider.v1.charges.made).toEqual(['one'])
    const plain = outside({ charges: new Provider().v1.charges, vault: new Vault() })
    expect(await functions(Object.assign(plain, { v1: { charges: plain.charges } }) as never)).toEqual(
      new Set(['useProvider', '']),
    )
  })

  test('objects within it keep their identity, and data is what it was', () => {
    const raw = new Provider()
    const provider = outside(raw)
    expect(provider.v1.charges).toBe(provider.v1.charges)
    expect([provider.vault.read(), provider.vault.secret, provider.vault instanceof Vault]).toEqual([
      'secret',
      'secret',
      true,
    ])
    provider.vault.secret = 'set'
    expect(raw.vault.read()).toBe('set')
    expect(provider.holds(provider.vault)).toBe(true)
    const { vault } = provider
    Object.assign(provider, { vault })
    expect([provider.vault === vault, raw.vault === vault]).toEqual([true, false])
    for (const name of ['limits', 'byName', 'rows', 'address'] as const)
      expect(provider[name]).toBe(raw[name])
    expect(structuredClone(provider.limits)).toEqual(raw.limits)
    expect(outside(raw.fixed).charges).toBe(raw.v1.charges)
    function Old() {}
    expect(new (outside(Old) as never as new () => object)() instanceof outside(Old)).toBe(true)
  })

  test('functions keep this, arguments and what they are', async () => {
    const fn = outside(function named(this: unknown, ...args: number[]) {
      return [this, args]
    })
    const self = { fn }
    expect(self.fn(1, 2)).toEqual([self, [1, 2]])
    expect([fn.name, fn.length]).toEqual(['named', 0])
    const Outside = outside(Vault)
    const made = new Outside()
    expect([made.read(), made instanceof Vault, made instanceof Outside, Outside.opened]).toEqual([
      'secret',
      true,
      true,
      0,
    ])
    class Own extends Outside {}
    expect(new Own().read()).toBe('secret')
  })

  test('a job that an outside function calls back is still its own', async () => {
    const transaction = outside(async (body: () => Promise<unknown>) => body())
    const called = defineJob<null>({ name: 'called', perform: () => transaction(() => steps(io, 't')) })
    expect((await trace(called.with(null))).map((point) => point.function)).toContain('steps')
  })

  test('callbacks and classes are what they were, to be taken off a list or looked up', () => {
    const emitter = outside(new EventEmitter())
    const heard: unknown[] = []
    const listener = (value: unknown) => void heard.push(value)
    emitter.on('x', listener)
    emitter.emit('x', 1)
    emitter.off('x', listener)
    emitter.emit('x', 2)
    expect(heard).toEqual([1])
    expect(outside(new Map([[Vault, 'found']])).get(Vault)).toBe('found')
  })

  test('what an outside function calls back dies with its delivery', async () => {
    const log: string[] = []
    const later = outside(async (body: () => unknown) => {
      await turn()
      await turn()
      body()
    })
    const perform = async () => {
      await Promise.all([later(() => steps(async (name) => void log.push(name), 'late')), steps(io, 's')])
    }
    const report = await simulate(defineJob<null>({ name: 'dead', perform }).with(null), () => {}, {
      setup: () => void log.splice(0),
      faults: ['crash'],
      points: ({ key, kind, hit }) => kind === 'line' && /:3$/.test(key) && hit === 1,
      teardown: async () => {
        await turn()
        await turn()
        expect(log).toEqual(['late1', 'late2'])
      },
    })
    expect(report.summary.survived).toBe(1)
  })

  test.for([undefined, null, 1, 'text'])('%o is an error', (value) => {
    expect(() => outside(value as never)).toThrow(/^outside\(…\) takes a function or an object: received/)
  })
})
