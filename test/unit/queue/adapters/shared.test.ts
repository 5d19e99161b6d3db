import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { installVirtualGlobals } from '../../../../src/clock/index.ts'
import { virtualGlobals } from '../../../../src/model/virtual-globals.ts'
import { answered } from '../../../../src/queue/adapters/answered.ts'
import { inVirtualTime } from '../../../../src/queue/adapters/in-virtual-time.ts'
import { checkLocal, isLocalHost } from '../../../../src/queue/adapters/local-host.ts'
import { nativeOf, nativeRequest } from '../../../../src/queue/adapters/native-request.ts'
import { MemoryTime } from '../../../../src/queue/memory-time.ts'

const { install } = virtualGlobals
afterEach(() => {
  if (install === undefined) delete virtualGlobals.install
  else virtualGlobals.install = install
})

test('code of a library sees the virtual time of the queue, and only while it runs', async () => {
  virtualGlobals.install = installVirtualGlobals
  const original = Date
  const time = new MemoryTime(Date.UTC(2030, 0, 1))
  const seen = await inVirtualTime(time, async () => {
    await sleep(1)
    const before = Date.now()
    time.advanceTo(before + 14 * 86_400_000)
    return [new Date(before).toISOString(), new Date().toISOString()]
  })
  expect(seen).toEqual(['2030-01-01T00:00:00.000Z', '2030-01-15T00:00:00.000Z'])
  expect(Date).toBe(original)
})

test.each([
  [undefined, true],
  ['', true],
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.8.0.3', true],
  ['::1', true],
  ['/var/run/postgresql', true],
  ['redis', false],
  ['10.0.0.1', false],
  ['localhost.example.com', false],
])('the host %s is local: %s', (host, local) => {
  expect(isLocalHost(host)).toBe(local)
})

test('queues on a host of others are left alone, unless that is allowed', () => {
  expect(() => checkLocal('Redis at db.example.com:6379', 'db.example.com', false)).toThrow(
    expect.objectContaining({ code: 'FAULTLINE_REMOTE', hint: expect.stringContaining('allowRemote') }),
  )
  checkLocal('Redis at db.example.com:6379', 'db.example.com', true)
})

test('an adapter knows its own requests by what they carry', () => {
  const isOwn = (native: object): native is { mine: true } => 'mine' in native
  const request = nativeRequest('welcome', { n: 1 }, { mine: true })
  expect(nativeOf(request, 'test', isOwn, 'hint')).toEqual({ request, native: { mine: true } })
  for (const other of [nativeRequest('welcome', 1, { theirs: 1 }), { name: 'x' }, undefined]) {
    expect(() => nativeOf(other, 'test', isOwn, 'hint')).toThrow(
      expect.objectContaining({ code: 'FAULTLINE_UNKNOWN_JOB' }),
    )
  }
})

test('a server that does not answer is an error that names it', async () => {
  const never = new Promise<never>(() => undefined)
  const patience = { awayMs: 50, silentMs: 400 }
  const gone = {
    code: 'FAULTLINE_SERVER_GONE',
    message: expect.stringContaining('Redis at x went away (a claim)'),
  }
  await expect(
    answered({ name: 'Redis at x', isUp: () => false }, never, 'a claim', patience),
  ).rejects.toMatchObject(gone)
  await expect(
    answered({ name: 'Redis at x', isUp: () => true }, never, 'a claim', patience),
  ).rejects.toThrow('no answer for 400 ms')
  const failing = Promise.reject(new Error('Connection is closed.'))
  await expect(answered({ name: 'Redis at x', isUp: () => false }, failing, 'a claim')).rejects.toMatchObject(
    gone,
  )
  const wrong = Promise.reject(new Error('WRONGTYPE'))
  await expect(answered({ name: 'Redis at x', isUp: () => true }, wrong, 'a claim')).rejects.toThrow(
    'WRONGTYPE',
  )
  expect(await answered({ name: 'Redis at x', isUp: () => true }, Promise.resolve(7), 'a claim')).toBe(7)
})
