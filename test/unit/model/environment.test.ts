import { afterEach, expect, test, vi } from 'vitest'
import { environment } from '../../../src/model/environment.ts'

const names = ['FAULTLINE_REPLAY', 'FAULTLINE_SHARD', 'FAULTLINE_LOADER', 'CI', 'GITHUB_ACTIONS', 'NO_COLOR']
afterEach(() => vi.unstubAllEnvs())

function read(values: Record<string, string>): ReturnType<typeof environment> {
  for (const name of names) vi.stubEnv(name, values[name] ?? '')
  return environment()
}

test('nothing set', () => {
  expect(read({})).toMatchObject({ ci: false, githubActions: false, noColor: false })
  expect(Object.keys(read({}))).not.toContain('replay')
})

test('everything set', () => {
  const loader = { kind: 'vite', root: '/app', include: [], exclude: [], testFiles: [] }
  const values = {
    FAULTLINE_REPLAY: 'a: b',
    FAULTLINE_SHARD: '2/4',
    FAULTLINE_LOADER: JSON.stringify(loader),
  }
  expect(read({ ...values, CI: 'true', GITHUB_ACTIONS: 'true', NO_COLOR: '1' })).toMatchObject({
    replay: 'a: b',
    shard: { index: 2, count: 4 },
    loader,
    ci: true,
    githubActions: true,
    noColor: true,
  })
  expect(read({ CI: 'false' }).ci).toBe(false)
})

test.each(['0/4', '5/4', '1', 'a/b', '1/4/2'])('FAULTLINE_SHARD=%s is refused', (shard) => {
  expect(() => read({ FAULTLINE_SHARD: shard })).toThrow(
    expect.objectContaining({
      code: 'FAULTLINE_BAD_OPTION',
      message: `FAULTLINE_SHARD is no part of a whole: received '${shard}'; allowed is i/n with 1 ≤ i ≤ n, such as '2/4'.`,
    }),
  )
})
