import { createCipheriv, randomBytes, scrypt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import http from 'node:http'
import net from 'node:net'
import { setTimeout as realSleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installVirtualGlobals } from '../../../src/clock/index.ts'
import { makeContext } from './in-context.ts'

let uninstall: () => void
let url: string
let pooled: net.Socket
const server = http.createServer((request, response) => {
  if (request.url === '/never') return
  // Answers in two parts, so that the head alone is not taken for the end.
  setTimeout(() => {
    response.write('slow ')
    setTimeout(() => response.end('answer'), 100)
  }, 100)
})
const echo = net.createServer((socket) => {
  socket.on('data', (data) => setTimeout(() => socket.write(data), 200))
  socket.on('error', () => undefined)
})

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
  pooled = await connect()
  await ask(pooled, 'hello')
  uninstall = installVirtualGlobals()
  url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`
})
afterAll(async () => {
  uninstall()
  pooled.destroy()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await new Promise((resolve) => echo.close(resolve))
})

/** What wins: the operation, or a virtual sleep of 5 s. */
async function race(operation: () => Promise<unknown>): Promise<unknown> {
  const { inside, sleep, clock, elapsedMs } = makeContext()
  const winner = await inside(() => Promise.race([operation(), sleep(5_000).then(() => 'the sleep')]))
  clock.stop()
  return { winner, elapsedMs: elapsedMs(), timingReal: clock.timingReal }
}

describe('a real operation is not overtaken by a virtual sleep', () => {
  test.each<[string, () => Promise<unknown>, unknown]>([
    ['fetch', async () => (await fetch(url)).text(), 'slow answer'],
    ['http', () => getHttp(url), 'slow answer'],
    ['a socket', () => askEcho(), 'hello'],
    ['a socket that answered before', () => askEcho(['one', 'two']), 'two'],
    ['a connection that was open before', () => ask(pooled, 'hello'), 'hello'],
    ['a file', async () => (await readFile(import.meta.filename)).length > 0, true],
    ['the thread pool', async () => (await hashSlowly()).length, 64],
    ['compression', async () => (await promisify(gzip)(randomBytes(3e6))).length > 0, true],
    ["a library's own timer", () => realSleep(10, 'the library'), 'the library'],
  ])('%s', async (_what, operation, winner) => {
    expect(await race(operation)).toEqual({ winner, elapsedMs: 0, timingReal: false })
  })

  const hashSlowly = (): Promise<Buffer> =>
    promisify<string, string, number, object, Buffer>(scrypt)('a', 'b', 64, { N: 2 ** 15, maxmem: 1e9 })
})

test('connections on which nothing moves cost no waiting', { retry: 3 }, async () => {
  const { inside, sleep, clock, elapsedMs } = makeContext()
  await inside(() => sleep(1_000))
  const realMs = performance.now()
  await inside(async () => {
    for (let round = 0; round < 50; round++) await sleep(1_000)
  })
  expect(performance.now() - realMs).toBeLessThan(500)
  expect([elapsedMs(), clock.timingReal]).toEqual([51_000, false])
})

test('an operation that never answers lets time go on, and says so', async () => {
  const { inside, sleep, clock, elapsedMs } = makeContext({ ioSilenceMs: 150 })
  const controller = new AbortController()
  const answer = inside(() => fetch(`${url}/never`, { signal: controller.signal })).then(
    () => 'answer',
    () => 'aborted',
  )
  const realMs = performance.now()
  await inside(() => sleep(5_000))
  expect(performance.now() - realMs).toBeGreaterThanOrEqual(140)
  expect([elapsedMs(), clock.timingReal]).toEqual([5_000, true])
  controller.abort()
  expect(await answer).toBe('aborted')
})

test("another run's operation holds nobody up for long", async () => {
  const other = makeContext()
  const controller = new AbortController()
  const answer = other
    .inside(() => fetch(`${url}/never`, { signal: controller.signal }))
    .catch(() => 'aborted')
  await new Promise((resolve) => setTimeout(resolve, 20))
  const { inside, sleep, clock } = makeContext({ ioSilenceMs: 100 })
  await inside(() => sleep(1_000))
  await inside(() => sleep(1_000))
  clock.stop()
  controller.abort()
  expect(await answer).toBe('aborted')
})

test('a blocked event loop is no silence', async () => {
  const result = await race(async () => {
    const answer = getHttp(url)
    const untilMs = performance.timeOrigin + performance.now()
    const cipher = createCipheriv('aes-256-cbc', Buffer.alloc(32), Buffer.alloc(16))
    // About 100 ms of work: longer than the silence that lets a timer fire.
    for (let block = 0; block < 300; block++) cipher.update(Buffer.alloc(500_000))
    expect(untilMs).toBeGreaterThan(0)
    return answer
  })
  expect(result).toEqual({ winner: 'slow answer', elapsedMs: 0, timingReal: false })
})

test('progress of first-party code holds a timer back', async () => {
  let activity = 0
  const { inside, sleep, clock } = makeContext({ idleMs: 40, activity: () => activity })
  const release = keepBusy(url)
  const realMs = performance.now()
  const slept = inside(() => sleep(5_000))
  for (let step = 0; step < 8; step++) {
    await new Promise((resolve) => setTimeout(resolve, 15))
    if (step % 2 === 0) activity++
    else clock.progress()
  }
  await slept
  expect(performance.now() - realMs).toBeGreaterThan(120)
  await release()
})

function getHttp(from: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get(from, (response) => {
      let text = ''
      response.on('data', (data) => (text += data))
      response.on('end', () => resolve(text))
    })
    request.on('error', reject)
  })
}

/** As database drivers connect: not by `net.connect`, which can be observed. */
async function connect(): Promise<net.Socket> {
  const socket = new net.Socket()
  socket.connect((echo.address() as net.AddressInfo).port, '127.0.0.1')
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return socket
}

function ask(socket: net.Socket, question: string): Promise<string> {
  socket.write(question)
  return new Promise((resolve) => socket.once('data', (data) => resolve(String(data))))
}

async function askEcho(questions: string[] = ['hello']): Promise<string> {
  const socket = await connect()
  let answer = ''
  for (const question of questions) answer = await ask(socket, question)
  socket.destroy()
  return answer
}

/** An idle connection: something could arrive on it, so silence has to be waited for. */
function keepBusy(from: string): () => Promise<void> {
  const socket = net.connect(Number(new URL(from).port), '127.0.0.1')
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  return () => {
    socket.destroy()
    return closed
  }
}
