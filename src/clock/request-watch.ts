import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import { execution } from '../model/context.ts'
import type { Operation } from './operation.ts'
import { real } from './real.ts'

const requests: Map<object, Operation> = new Map()
let activity = 0

type Message = { readonly request: object }

for (const [channel, listener] of [
  ['undici:request:create', begin],
  ['undici:request:bodySent', move],
  ['undici:request:headers', move],
  ['undici:request:trailers', end],
  ['undici:request:error', end],
  ['http.client.request.created', beginHttp],
  ['http.client.request.start', move],
  // Published with the head of the response; its end is the request's `close`.
  ['http.client.response.finish', move],
] as const) {
  subscribe(channel, (message) => listener(message as Message))
}

function begin({ request }: Message): void {
  const clock = execution.getStore()?.clock
  if (clock === undefined) return
  activity++
  requests.set(request, { clock, lastMs: real.nowMs(), hung: false })
}

function beginHttp({ request }: Message): void {
  begin({ request })
  if (requests.has(request)) (request as ClientRequest).once('close', () => end({ request }))
}

function move({ request }: Message): void {
  const operation = requests.get(request)
  if (operation === undefined) return
  activity++
  operation.lastMs = real.nowMs()
  operation.hung = false
}

function end({ request }: Message): void {
  if (requests.delete(request)) activity++
}

/** The requests (fetch, http) that code in an execution context made, and how often any made progress. */
export function requestsInFlight(): { readonly activity: number; readonly operations: Iterable<Operation> } {
  return { activity, operations: requests.values() }
}
