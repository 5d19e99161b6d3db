import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { progressLine } from '../../../src/report/progress.ts'

function fakeStream(isTTY: boolean, columns = 80) {
  const written: string[] = []
  const stream = { isTTY, columns, write: (text: string) => written.push(text) > 0 }
  return { written, stream: stream as unknown as NodeJS.WriteStream }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  vi.stubEnv('CI', '')
  vi.stubEnv('TERM', 'xterm')
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
})

it('appears late, is drawn seldom, and is taken away', () => {
  const { stream, written } = fakeStream(true)
  const line = progressLine(stream)
  for (let done = 1; done <= 1000; done++) {
    vi.advanceTimersByTime(1)
    line.update(done, 1000, 'fulfil order', done === 10)
  }
  const frames = written.map(stripVTControlCharacters).filter((text) => text !== '')
  expect(frames).toHaveLength(6)
  expect(frames[0]).toBe(' fulfil order  ━━━━━━━━────────  500 of 1,000  1 failing  about 500 ms left')
  expect(frames.every((frame) => frame.length < 90)).toBe(true)
  line.done()
  expect(written.at(-1)).toBe('\x1b[2K')
  const count = written.length
  line.done()
  expect(written).toHaveLength(count)
})

it('writes nothing where it is over soon', () => {
  const { stream, written } = fakeStream(true)
  const line = progressLine(stream)
  vi.advanceTimersByTime(499)
  line.update(1, 2, 'x')
  line.done()
  expect(written).toEqual([])
})

it.each([
  ['a pipe', false, {}],
  ['CI', true, { CI: 'true' }],
  ['a dumb terminal', true, { TERM: 'dumb' }],
])('writes nothing in %s', (_, isTTY, env) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  const { stream, written } = fakeStream(isTTY)
  const line = progressLine(stream)
  vi.advanceTimersByTime(5000)
  line.update(1, 2, 'x')
  line.done()
  expect(written).toEqual([])
})

it('never wraps, whatever the name and the terminal', () => {
  for (const columns of [20, 40, 60, 80, 200]) {
    const { stream, written } = fakeStream(true, columns)
    const line = progressLine(stream)
    vi.advanceTimersByTime(1000)
    line.update(1, 2_000_000, 'a very long name\n\x1b[31m of a simulation '.repeat(9), true)
    const text = stripVTControlCharacters(written.join(''))
    expect(text.length).toBeLessThan(columns)
    expect(text).not.toContain('\n')
  }
})

it('leaves nothing behind on a real terminal', () => {
  vi.useRealTimers()
  const file = resolve(import.meta.dirname, '../../../src/report/progress.ts')
  const code = `import { progressLine } from ${JSON.stringify(file)}
    const line = progressLine(process.stdout)
    for (let done = 0; done < 7; done++) { await new Promise((r) => setTimeout(r, 100)); line.update(done, 7, 'job') }
    line.done()
    console.log('after')`
  const command = `'${process.execPath}' --input-type=module -e '${code.replaceAll("'", "'\\''")}'`
  const env = { ...process.env, CI: '', TERM: 'xterm' }
  let out: string
  try {
    out = execFileSync('script', ['-qec', command, '/dev/null'], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  expect(out).toContain('of 7')
  expect(out.endsWith('\x1b[1G\x1b[2Kafter\r\n')).toBe(true)
  expect(out.match(/\n/g)).toHaveLength(1)
})
