import type { Mode } from './mode.ts'
import { type FileRecord, observeFiles, shared } from './shared.ts'

/** The files with bytes that are not 0: of the process, since a fault may come from another copy of the package. */
const dirty: Set<FileRecord> = (shared.dirty ??= new Set())

/** Every file that registered so far. */
export function registeredFiles(): readonly FileRecord[] {
  observeFiles()
  return (shared.list ??= Object.values(shared.files))
}

/** From now on `next` decides which places are armed, also in files that register later. */
export function arm(next: Mode): void {
  disarm()
  const armFile = (file: FileRecord): void => {
    next.arm(file)
    dirty.add(file)
  }
  // Not assigned at once: see Running in `perform/`.
  shared.armFile = armFile
  for (const file of registeredFiles()) shared.armFile(file)
}

/** Arms one place only: what a scenario with a known target does, in constant time. */
export function armPlace(next: Mode, file: FileRecord, index: number): void {
  disarm()
  const armFresh = (fresh: FileRecord): void => {
    next.arm(fresh)
    dirty.add(fresh)
  }
  shared.armFile = armFresh
  file.s[index] = 1
  dirty.add(file)
}

/** Every probe speaks: so that no line of a dead delivery runs, and late code is seen. */
export function armAll(): void {
  shared.armFile = (file) => {
    file.s.fill(1)
    dirty.add(file)
  }
  for (const file of registeredFiles()) shared.armFile(file)
}

/** Nothing is armed any more. */
export function disarm(): void {
  for (const file of dirty) file.s.fill(0)
  dirty.clear()
  shared.armFile = undefined
}

/** Switches tracking on; files that register while it is on are armed as the mode says. */
export function switchOn(): void {
  observeFiles()
  shared.registered = (file) => shared.armFile?.(file)
  hold()
}

/** Switches everything off: instrumented code runs as if it were not, unless somebody follows it. */
export function switchOff(): void {
  disarm()
  release()
  shared.registered = undefined
  shared.current = undefined
}

/** Probes speak although nothing is armed: the timers of deliveries are virtual. What this returns ends it. */
export function follow(): () => void {
  hold()
  return release
}

function hold(): void {
  shared.users = (shared.users ?? 0) + 1
  shared.on = true
}

function release(): void {
  shared.users = Math.max(0, (shared.users ?? 0) - 1)
  shared.on = shared.users > 0
}
