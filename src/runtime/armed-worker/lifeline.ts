import { rmSync } from 'node:fs'
import { Socket } from 'node:net'
import path from 'node:path'
import { LIFELINE } from '../../model/worker-log.ts'
import { killMarked } from './kill-marked.ts'

/** Ends this process, and what it started, once the one that started it is gone; its files go with it. */
export function holdLifeline(log: string): void {
  const pipe = new Socket({ fd: LIFELINE })
  pipe.on('error', () => {})
  pipe.on('close', () => {
    rmSync(path.dirname(log), { recursive: true, force: true })
    killMarked(log)
    process.kill(process.platform === 'win32' ? process.pid : -process.pid, 'SIGKILL')
  })
  pipe.resume()
  pipe.unref()
}
