import { readdirSync, readFileSync } from 'node:fs'
import { workerMark } from '../../model/environment.ts'

/** What is started while others are killed is found by the next look. */
const looksMax = 5

/**
 * Kills what workers of this log started, other than this process: also what has a process group or a session of its
 * own, since it inherited a variable of the environment. Only Linux tells; elsewhere the group has to do.
 */
export function killMarked(log: string): void {
  if (process.platform !== 'linux') return
  const mark = workerMark(log)
  for (let look = 0; look < looksMax; look++) {
    const found = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isMarked(pid, mark))
    const others = found.map(Number).filter((pid) => pid !== process.pid)
    if (others.length === 0) return
    for (const pid of others) kill(pid)
  }
}

function isMarked(pid: string, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark)
  } catch {
    // It is gone, or not ours.
    return false
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}
