import type { QueueServer } from '../answered.ts'
import type { Backend } from './driver.ts'
import type { QueueStore, StoredJob, StoredOptions } from './store.ts'

/** BullMQ's own wrapper of whichever client of Redis it was given. */
interface Client {
  readonly status: string
  readonly options: { readonly host?: string; readonly port?: number; readonly path?: string }
  readonly isCluster?: boolean
  nodes?(): Client[]
  defineCommand(name: string, definition: { readonly numberOfKeys: number; readonly lua: string }): void
  runCommand(name: string, args: unknown[]): Promise<unknown>
}

interface RedisBackend extends Backend {
  readonly client: Promise<Client>
  readonly keys: Record<string, string>
}

export function isRedisBackend(backend: Backend): backend is RedisBackend {
  return 'client' in backend && 'redisVersion' in backend
}

/** Bits of a delayed job's score that are no time. */
const scoreUnit = 4_096

const WAITING = `
local limit = tonumber(ARGV[2])
local found = {}
local function add(state, id, score)
  local job = redis.call('HMGET', ARGV[1] .. id, 'name', 'data', 'opts', 'priority', 'timestamp', 'processedOn', 'atm', 'ats')
  table.insert(found, { state, id, score, unpack(job) })
end
local ready = 0
local from = 0
if limit > 0 then from = -limit end
local wait = redis.call('LRANGE', KEYS[1], from, -1)
for i = #wait, 1, -1 do
  if string.sub(wait[i], 1, 2) ~= '0:' then
    add('wait', wait[i], '')
    ready = ready + 1
  end
end
if limit == 0 or ready < limit then
  for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, limit - 1)) do add('prioritized', id, '') end
end
local delayed = redis.call('ZRANGE', KEYS[3], 0, limit - 1, 'WITHSCORES')
for i = 1, #delayed, 2 do add('delayed', delayed[i], delayed[i + 1]) end
return found
`

const FRONT = `
local was = redis.call('LREM', KEYS[1], 0, ARGV[2]) + redis.call('ZREM', KEYS[2], ARGV[2])
if redis.call('ZREM', KEYS[3], ARGV[2]) == 1 then
  redis.call('HSET', ARGV[1] .. ARGV[2], 'delay', 0)
  was = was + 1
end
if was > 0 then redis.call('RPUSH', KEYS[1], ARGV[2]) end
`

const ARRANGE = `
local places = {}
local zset = KEYS[2]
if redis.call('ZSCORE', KEYS[3], ARGV[1]) then zset = KEYS[3] end
local listed = redis.call('LPOS', KEYS[1], ARGV[1])
for i, id in ipairs(ARGV) do
  local place = listed and redis.call('LPOS', KEYS[1], id) or redis.call('ZSCORE', zset, id)
  if not place then return end
  places[i] = { tonumber(place), place }
end
table.sort(places, function(a, b) if listed then return a[1] > b[1] else return a[1] < b[1] end end)
for i, id in ipairs(ARGV) do
  if listed then redis.call('LSET', KEYS[1], places[i][2], id) else redis.call('ZADD', zset, places[i][2], id) end
end
`

const LAPSE = `
for i = 1, #ARGV do redis.call('DEL', ARGV[i]) end
redis.call('DEL', KEYS[1])
`

const PASS = `
for i = 2, #ARGV do
  local left = redis.call('PTTL', ARGV[i])
  if left > 0 then
    left = left - tonumber(ARGV[1])
    if left > 0 then redis.call('PEXPIRE', ARGV[i], left) else redis.call('DEL', ARGV[i]) end
  end
end
`

const commands = {
  faultlineWaiting: { numberOfKeys: 3, lua: WAITING },
  faultlineFront: { numberOfKeys: 3, lua: FRONT },
  faultlineArrange: { numberOfKeys: 3, lua: ARRANGE },
  faultlineLapse: { numberOfKeys: 1, lua: LAPSE },
  faultlinePass: { numberOfKeys: 1, lua: PASS },
}
const defined: WeakSet<object> = new WeakSet()

/** A queue of BullMQ on Redis. */
export class RedisStore implements QueueStore {
  readonly server: QueueServer
  readonly host: string | undefined
  readonly #client: Client
  readonly #keys: Record<string, string>

  static async of(backend: RedisBackend): Promise<RedisStore> {
    const client = await backend.client
    if (!defined.has(client)) {
      for (const [name, definition] of Object.entries(commands)) client.defineCommand(name, definition)
      defined.add(client)
    }
    return new RedisStore(client, backend.keys)
  }

  private constructor(client: Client, keys: Record<string, string>) {
    const { host, port, path } = (client.nodes?.()[0] ?? client).options
    this.host = path ?? host
    this.server = {
      name: `Redis at ${path ?? `${host ?? 'localhost'}:${port ?? 6379}`}`,
      isUp: () => client.status === 'ready' || (client.isCluster === true && client.status === 'connect'),
    }
    this.#client = client
    this.#keys = keys
  }

  waiting(): Promise<StoredJob[]> {
    return this.#list(0)
  }

  heads(): Promise<StoredJob[]> {
    return this.#list(1)
  }

  async front(jobId: string): Promise<() => Promise<void>> {
    await this.#run('faultlineFront', this.#waitingKeys(), [this.#keys['']!, jobId])
    return async () => undefined
  }

  async arrange(jobIds: readonly string[]): Promise<void> {
    await this.#run('faultlineArrange', this.#waitingKeys(), jobIds)
  }

  async lapse(jobId: string): Promise<void> {
    await this.#run('faultlineLapse', [this.#keys['stalled-check']!], [`${this.#keys['']}${jobId}:lock`])
  }

  async allowStalledCheck(): Promise<void> {
    await this.#run('faultlineLapse', [this.#keys['stalled-check']!], [])
  }

  async pass(ms: number, deduplicationIds: readonly string[]): Promise<void> {
    const { limiter, '': base } = this.#keys
    const expiring = [limiter!, ...deduplicationIds.map((id) => `${base}de:${id}`)]
    await this.#run('faultlinePass', [limiter!], [Math.ceil(ms), ...expiring])
  }

  async #list(limit: number): Promise<StoredJob[]> {
    const rows = await this.#run('faultlineWaiting', this.#waitingKeys(), [this.#keys['']!, limit])
    return (rows as (string | null)[][]).map(storedJob)
  }

  #waitingKeys(): string[] {
    return [this.#keys.wait!, this.#keys.prioritized!, this.#keys.delayed!]
  }

  #run(
    command: keyof typeof commands,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    return this.#client.runCommand(command, [...keys, ...args])
  }
}

function storedJob(row: (string | null)[]): StoredJob {
  const [
    state,
    id,
    score,
    name,
    data,
    opts,
    priority,
    timestamp,
    processedOn,
    attemptsMade,
    attemptsStarted,
  ] = row
  const packed = JSON.parse(opts ?? '{}') as { delay?: number; de?: StoredOptions['deduplication'] }
  return {
    id: id!,
    name: name ?? '',
    data: JSON.parse(data ?? 'null'),
    options: {
      ...(packed.delay === undefined ? undefined : { delay: packed.delay }),
      ...(packed.de === undefined ? undefined : { deduplication: packed.de }),
    },
    delayedUntilMs: state === 'delayed' ? Math.floor(Number(score) / scoreUnit) : undefined,
    priority: Number(priority ?? 0),
    timestampMs: Number(timestamp),
    processedMs: processedOn === null || processedOn === undefined ? undefined : Number(processedOn),
    attemptsMade: Number(attemptsMade ?? 0),
    attemptsStarted: Number(attemptsStarted ?? 0),
  }
}
