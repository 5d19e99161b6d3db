import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Writable } from 'node:stream'
import { workerMark } from '../../model/environment.ts'

/**
 * Told which process group runs, on each line; at the end of the pipe, which is that of the process which simulates,
 * kills it, with all that has the mark in its environment, and removes the folder.
 */
const GUARD = `
  folder=$1 mark=$2 group=
  while read -r line; do group=$line; done
  if [ -n "$group" ]; then kill -s KILL -- "-$group" 2>/dev/null; fi
  for environ in $(grep -lsF "$mark" /proc/[0-9]*/environ); do
    pid=\${environ#/proc/}
    kill -s KILL "\${pid%/environ}" 2>/dev/null
  done
  rm -rf "$folder"
`

type Guard = ChildProcessByStdio<Writable, null, null>

/**
 * The temporary folder of one simulation with real processes. It goes with this process, and so does the worker: where
 * this process is killed, a shell sees to it, also if the worker is stuck in a loop or has not begun yet.
 */
export class RunFolder {
  readonly path: string = mkdtempSync(path.join(tmpdir(), 'faultline-workers-'))
  readonly #guard: Guard | undefined = process.platform === 'win32' ? undefined : startGuard(this.path)
  readonly #remove = (): void => rmSync(this.path, { recursive: true, force: true })

  constructor() {
    process.on('exit', this.#remove)
  }

  /** The process group that runs now, or none. */
  watch(group: number | undefined): void {
    this.#guard?.stdin.write(`${group ?? ''}\n`)
  }

  remove(): void {
    this.#remove()
    process.off('exit', this.#remove)
    this.#guard?.stdin.end()
  }
}

/** A session of its own: Ctrl-C reaches none of it. */
function startGuard(folder: string): Guard {
  const guard = spawn('/bin/sh', ['-c', GUARD, 'sh', folder, workerMark(folder)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.on('error', () => {})
  guard.stdin.on('error', () => {})
  guard.unref()
  ;(guard.stdin as unknown as Socket).unref()
  return guard
}
