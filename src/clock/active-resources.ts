import type { Operation } from './operation.ts'

const REQUEST = /Req|(?:Connect|Write|Shutdown|Send)Wrap$/
/** These do nothing by themselves; whoever they wait for is another resource, or outside of this process. */
const PASSIVE: ReadonlySet<string> = new Set(['Timeout', 'Immediate', 'TCPServerWrap', 'PipeServerWrap'])
/** stdin, stdout and stderr are opened when they are first used, long after this module was loaded. */
const STDIO: ReadonlyMap<string, number> = new Map([
  ['PipeWrap', 3],
  ['TTYWrap', 3],
])

/** What the process had open when this module was loaded: the test runner's own. */
const atLoad: ReadonlyMap<string, number> = countOf(process.getActiveResourcesInfo())
const request: Operation = { clock: undefined, lastMs: 0, hung: false }
let last = ''

/** What Node lists as active, beyond what it listed at the start. */
export interface ActiveResources {
  /** A request (of files, names, connections) is in flight. */
  readonly request: Operation | undefined
  /** There are handles on which something could arrive: sockets, pipes, child processes. */
  readonly handles: boolean
}

/** Looks at Node's list of active resources. */
export function activeResources(nowMs: number): ActiveResources {
  const info = process.getActiveResourcesInfo()
  if (info.length === 0) return NONE
  let requests = ''
  let handles = false
  for (const [name, count] of countOf(info)) {
    if (PASSIVE.has(name) || count <= (atLoad.get(name) ?? 0) + (STDIO.get(name) ?? 0)) continue
    if (REQUEST.test(name)) requests += `${name}:${count} `
    else handles = true
  }
  if (requests !== last) {
    last = requests
    request.lastMs = nowMs
    request.hung = false
  }
  return { request: requests === '' ? undefined : request, handles }
}

const NONE: ActiveResources = { request: undefined, handles: false }

function countOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}
