import { expect, test } from 'vitest'
import { ModuleGraph } from '../../../src/loader/module-graph.ts'

/** `imports`: who imports what, as `importer: imported …`. */
function owned(world: string[], imports: Record<string, string[]>, loads: string[], kept: string[] = []) {
  const graph = new ModuleGraph(world)
  const importers = new Map<string, Set<string>>()
  for (const id of [...Object.keys(imports), ...Object.values(imports).flat()]) importers.set(id, new Set())
  for (const [importer, ids] of Object.entries(imports))
    for (const id of ids) importers.get(id)!.add(importer)
  for (const id of loads) {
    importers.get(id)!.add('test')
    graph.loads(id, 'test')
  }
  const ids = graph.owned(
    importers.keys(),
    (id) => importers.get(id)!,
    (id) => kept.includes(id),
  )
  return [...ids].sort()
}

test('a worker owns what its load brought, and what that imports', () => {
  expect(owned(['test'], { charge: ['cache', 'mail'], mail: ['cache'] }, ['charge'])).toEqual([
    'cache',
    'charge',
    'mail',
  ])
})

test('not what was there before', () => {
  expect(
    owned(['test', 'db', 'pool'], { test: ['db'], db: ['pool'], charge: ['db', 'pool'] }, ['charge']),
  ).toEqual(['charge'])
})

test('not what the test imports later on, nor what that imports', () => {
  expect(
    owned(['test'], { test: ['db'], db: ['pool'], charge: ['db', 'pool', 'cache'] }, ['charge']),
  ).toEqual(['cache', 'charge'])
})

test('not what is kept, nor what that imports', () => {
  expect(owned(['test'], { charge: ['db', 'pool'], db: ['pool'] }, ['charge'], ['db'])).toEqual(['charge'])
})

test('a module that one job loads and another one imports', () => {
  expect(owned(['test'], { charge: ['refund'] }, ['charge', 'refund'])).toEqual(['charge', 'refund'])
})

test('cycles', () => {
  expect(owned(['test'], { charge: ['a'], a: ['b'], b: ['a', 'charge'] }, ['charge'])).toEqual([
    'a',
    'b',
    'charge',
  ])
  expect(owned(['test'], { test: ['b'], charge: ['a'], a: ['b'], b: ['a', 'charge'] }, ['charge'])).toEqual(
    [],
  )
})

test('what nobody imports is no worker’s', () => {
  expect(owned(['test'], { setup: ['db'], charge: ['db'] }, ['charge'])).toEqual(['charge'])
})
