import { expect, test } from 'vitest'
import { NodeModules } from '../../../src/loader/node-modules.ts'

const at = (name: string): string => `file:///app/${name}.js`
const test_ = at('test')

/** Modules that import each other as `imports` says; `import_` is what Node does, and collects what it asked for. */
function world(imports: Record<string, string[]>, stateless: string[]) {
  const modules = new NodeModules((file) => !file.includes('node_modules'))
  modules.begin(() => false)
  const evaluated = new Set<string>()
  const import_ = (url: string, from: string): string => {
    const resolved = modules.resolve(url, from)
    if (evaluated.has(resolved)) return resolved
    evaluated.add(resolved)
    const name = /app\/(\w+)/.exec(url)![1]!
    if (stateless.includes(name)) modules.isStateless(resolved)
    for (const other of imports[name] ?? []) import_(at(other), resolved)
    return resolved
  }
  modules.resolve(test_, undefined)
  for (const name of imports.test ?? []) import_(at(name), test_)
  const load = (worker: string, name: string) => modules.load(worker, async () => import_(at(name), test_))
  return { modules, load, evaluated }
}

test('the first worker has the modules as they are, later ones instances of those with state', async () => {
  const imports = { charge: ['cache', 'pure'], cache: ['deep'], test: ['db'], pure: [], deep: ['db'] }
  const { load, evaluated } = world(imports, ['pure', 'charge'])
  expect(await load('1', 'charge')).toEqual({ code: at('charge'), own: true })
  expect(await load('2', 'charge')).toEqual({ code: `${at('charge')}?faultline-worker=1`, own: true })
  expect(await load('1', 'charge')).toEqual({ code: at('charge'), own: true })
  const names = [...evaluated].map((url) => url.replace('file:///app/', '').replace('.js', ''))
  const again = '?faultline-worker=1'
  expect(names).toEqual([
    'db',
    'charge',
    'cache',
    'deep',
    'pure',
    `charge${again}`,
    `cache${again}`,
    `deep${again}`,
  ])
})

test('modules without state are never loaded again', async () => {
  const { load, evaluated } = world({ charge: ['pure'] }, ['pure', 'charge'])
  for (const worker of ['1', '2', '3']) expect((await load(worker, 'charge')).code).toBe(at('charge'))
  expect(evaluated.size).toBe(2)
})

test('a module that is first imported by a later worker is that worker’s', async () => {
  const { modules, load } = world({ charge: ['cache'] }, [])
  await load('1', 'charge')
  const { code } = await load('2', 'charge')
  expect(modules.resolve(at('lazy'), String(code))).toBe(`${at('lazy')}?faultline-worker=1`)
  expect(modules.resolve(at('cache'), `${at('lazy')}?faultline-worker=1`)).toBe(
    `${at('cache')}?faultline-worker=1`,
  )
  expect(modules.resolve('file:///app/node_modules/a.js', String(code))).toBe('file:///app/node_modules/a.js')
  expect(modules.resolve('node:fs', String(code))).toBe('node:fs')
})

test('a module that the test imports, too, is nobody’s own', async () => {
  const { load } = world({ test: ['charge'], charge: ['cache'] }, [])
  await load('1', 'charge')
  expect(await load('2', 'charge')).toEqual({ code: at('charge'), own: false })
})

test('a load that fails does not stand in the way of the next', async () => {
  const { modules, load } = world({ charge: [] }, [])
  await expect(modules.load('1', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await load('1', 'charge')).toEqual({ code: at('charge'), own: true })
})
