import { crash, defineJob, type Fault, simulate } from 'faultline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Shape, shapes } from '../../../fixtures/engine/crash-shapes.ts'
import { World } from '../../helpers/engine-world.ts'

const surfaced: unknown[] = []
const surface = (error: unknown) => surfaced.push(error)

beforeAll(() => {
  process.on('uncaughtException', surface)
  process.on('unhandledRejection', surface)
})

afterAll(() => {
  process.off('uncaughtException', surface)
  process.off('unhandledRejection', surface)
})

/** A crash that writes down how much had happened when the process died. */
function markedCrash(died: (entries: number) => void, world: () => World): Fault {
  const fault = crash()
  return {
    ...fault,
    strike(site) {
      died(world().log.length)
      return fault.strike(site)
    },
  }
}

interface Seen {
  readonly id: string
  readonly world: World
  readonly before: string
}

/** Crashes a shape at every hit of every point, and tells for each what had happened by then. */
async function crashEverywhere(name: string, shape: Shape) {
  let world = new World()
  let entries: number | undefined
  const seen: Seen[] = []
  const job = defineJob({ name: 'shape', perform: () => shape.perform(world) })
  const fault = markedCrash(
    (count) => (entries ??= count),
    () => world,
  )
  const setup = () => {
    entries = undefined
    world = new World()
    return world
  }
  const report = await simulate<World>(
    job.with(null),
    (run, world) => {
      const before = world.log.slice(0, entries ?? 0)
      if (run.faults.length > 0)
        seen.push({ id: run.id, world, before: before.map(({ what }) => what).join(' ') })
    },
    { name, setup, faults: [fault], hits: 'all', now: new Date(0) },
  )
  // What a dead delivery left running gets its chance to do harm.
  await new Promise((resolve) => setTimeout(resolve, 20))
  return { report, seen }
}

/** All beginnings of a log. */
function beginnings(log: string): Set<string> {
  const parts = log.split(' ')
  return new Set(parts.map((_, index) => parts.slice(0, index).join(' ')).concat(log))
}

describe('a crash at every point of', () => {
  test.for(Object.entries(shapes))('%s', async ([name, shape]) => {
    const { report, seen } = await crashEverywhere(name, shape)
    expect(report.failures.map(({ id, reason, error }) => [id, reason, error?.message])).toEqual([])
    expect(seen.length).toBe(report.scenarios.length)
    expect(seen.length).toBeGreaterThan(2)
    const allowed = beginnings(shape.log)
    for (const { id, world, before } of seen) {
      const settled = id.startsWith('crash@settle')
      expect([id, world.of(1)]).toEqual([id, settled ? shape.log : before])
      expect([id, allowed.has(before)]).toEqual([id, true])
      expect([id, world.of(2)]).toEqual([id, shape.log])
      expect([id, world.of(0), world.of(3)]).toEqual([id, '', ''])
    }
    expect(surfaced).toEqual([])
  })
})
