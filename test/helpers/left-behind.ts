import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A folder for temporary files of started programs, which shows what they left behind. */
export interface TemporaryFolder {
  /** For the environment of the program. */
  readonly env: { readonly TMPDIR: string }
  readonly path: string
  /** Files in it, and processes that were started with it in their arguments. */
  leftBehind(): string[]
  remove(): void
}

/** The name is short: the path of a socket has to fit into about 100 bytes. */
export function temporaryFolder(): TemporaryFolder {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'f-')))
  // As /tmp itself: also for a server that does not run as root.
  chmodSync(folder, 0o1777)
  return {
    env: { TMPDIR: folder },
    path: folder,
    leftBehind() {
      const processes = execFileSync('ps', ['-A', '-o', 'args'], { encoding: 'utf8' }).split('\n')
      return [...readdirSync(folder), ...processes.filter((args) => args.includes(folder))]
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
