import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable, Writable } from 'node:stream'

/** A Redis for tests. */
export interface RedisServer {
  readonly connection: {
    readonly host: string
    readonly port: number
    readonly db?: number
    readonly password?: string
  }
  /** Only of a server that was started here. */
  readonly pid: number | undefined
  stop(): Promise<void>
}

/** As that of Postgres: the server lives as long as a pipe from this process, and its folder goes with it. */
const SUPERVISOR = `
  folder=$1; shift
  cd "$folder" || exit 1
  trap 'cd / && rm -rf "$folder"' EXIT
  trap '' INT
  redis-server "$@" &
  server=$!
  echo "pid $server"
  exec 3<&0
  { read -r _ <&3; kill -KILL $server; } 2>/dev/null &
  wait $server
`
const SETTINGS = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--daemonize', 'no']
const portTries = 5

/** Whether the PATH has a `redis-server`. */
export const canStartRedis: boolean = spawnSync('redis-server', ['--version']).status === 0

/**
 * Whether there is a Redis for tests. Where there is none, one loud line says so; with `FAULTLINE_CI=1` that is an
 * error.
 */
export const hasRedis: boolean = canStartRedis || process.env.REDIS_URL !== undefined

if (!hasRedis) {
  const line =
    'No Redis: the tests that need one are SKIPPED. Set REDIS_URL, or install redis-server (apt-get install redis-server, brew install redis).'
  if (process.env.FAULTLINE_CI === '1') throw new Error(line)
  process.stderr.write(`\n!!! ${line}\n\n`)
}

/**
 * The Redis of `REDIS_URL`, else one of one's own: on a free port, in a folder of its own, without persistence, gone
 * with the process that started it.
 *
 * @example
 * ```ts
 * const server = await startRedis()
 * const queue = new Queue('mails', { connection: server.connection })
 * …
 * await queue.close()
 * await server.stop()
 * ```
 */
export async function startRedis(options: { readonly own?: boolean } = {}): Promise<RedisServer> {
  const url = process.env.REDIS_URL
  if (url !== undefined && !(options.own && canStartRedis)) return given(new URL(url))
  for (let left = portTries; ; left--) {
    const port = await freePort()
    const folder = mkdtempSync(path.join(tmpdir(), 'faultline-redis-'))
    const started = await start(folder, port)
    if (typeof started !== 'string') return started
    rmSync(folder, { recursive: true, force: true })
    if (left <= 1 || !started.includes('in use')) throw new Error(`Redis does not start:\n${started}`)
  }
}

function given({ hostname: host, port, pathname, password }: URL): RedisServer {
  const db = Number(pathname.slice(1))
  const connection = {
    host,
    port: port === '' ? 6379 : Number(port),
    ...(db > 0 ? { db } : undefined),
    ...(password === '' ? undefined : { password: decodeURIComponent(password) }),
  }
  return { connection, pid: undefined, stop: async () => undefined }
}

/** The server, or what it said before it ended. */
async function start(folder: string, port: number): Promise<RedisServer | string> {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    '/bin/sh',
    ['-c', SUPERVISOR, 'sh', folder, '--port', String(port), ...SETTINGS],
    { cwd: '/', detached: true, stdio: ['pipe', 'pipe', 'ignore'] },
  )
  const gone = once(child, 'exit')
  let log = ''
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      log = `${log}${chunk}`.slice(-10_000)
      if (log.includes('Ready to accept connections')) resolve()
    })
  })
  await Promise.race([ready, gone])
  for (const handle of [child, child.stdin as unknown as Socket, child.stdout as unknown as Socket])
    handle.unref()
  if (child.exitCode !== null) return log
  return {
    connection: { host: '127.0.0.1', port },
    pid: Number(/^pid (\d+)$/m.exec(log)![1]),
    async stop() {
      if (child.exitCode !== null) return
      child.ref()
      child.stdin.end()
      await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
