import type { Operation } from './operation.ts'

const REQUEST = /Req|(?:Connect|Write|Shutdown|Send)Wrap$/

const request: Operation = { clock: undefined, lastMs: 0, hung: false }
let last = ''

/** The requests (of files, names, connections) that Node lists as active, taken as one operation. */
export function activeRequest(nowMs: number): Operation | undefined {
  const requests = process.getActiveResourcesInfo().filter((name) => REQUEST.test(name))
  const now = requests.join()
  if (now !== last) {
    last = now
    request.lastMs = nowMs
    request.hung = false
  }
  return now === '' ? undefined : request
}
