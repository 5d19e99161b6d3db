import { FaultlineError } from '../model/error.ts'
import type { JobContext, JobDefinition } from '../model/job.ts'
import { describe } from './describe.ts'
import type { MemoryClaim, MemoryJob } from './memory-job.ts'
import { copyPayload } from './payload.ts'
import type { RunExtras } from './port.ts'

type Code = (payload: unknown, context: JobContext) => unknown

/** Calls the user's code for one delivery; resolves or rejects as it does. */
export function runJob(
  job: MemoryJob,
  claim: MemoryClaim,
  extras: RunExtras,
  enqueue: JobContext['enqueue'],
): Promise<unknown> {
  const definition = job.registered.job
  const context = new DeliveryContext(claim, extras, enqueue)
  try {
    const payload = copyPayload(job.payload) as never
    if (claim.part === 'dead') return promiseOf(definition.onDead?.(payload, job.error, context))
    if (definition.perform !== undefined) return promiseOf(definition.perform(payload, context))
    return loadCode(definition, extras).then((code) => code(payload, context))
  } catch (error) {
    return Promise.reject(error)
  }
}

function promiseOf(value: unknown): Promise<unknown> {
  return value instanceof Promise ? value : Promise.resolve(value)
}

class DeliveryContext implements JobContext {
  readonly id: string
  readonly name: string
  readonly attempt: number
  readonly maxAttempts: number
  readonly redelivered: boolean
  readonly enqueue: JobContext['enqueue']
  declare readonly connection?: unknown
  readonly #extras: RunExtras

  constructor(claim: MemoryClaim, extras: RunExtras, enqueue: JobContext['enqueue']) {
    this.id = claim.id
    this.name = claim.name
    this.attempt = claim.attempt
    this.maxAttempts = claim.maxAttempts
    this.redelivered = claim.redelivered
    this.enqueue = enqueue
    this.#extras = extras
    if (extras.connection !== undefined) this.connection = extras.connection
  }

  /** Asked for only when the job looks at it: most never do, and making one is not free. */
  get signal(): AbortSignal {
    return this.#extras.signal
  }
}

async function loadCode(definition: JobDefinition<never>, extras: RunExtras): Promise<Code> {
  const loaded = await (extras.load === undefined ? definition.load!() : extras.load(definition.load!))
  if (typeof loaded === 'function') return loaded as Code
  const code = codeOf(loaded) ?? codeOf((loaded as { default?: unknown } | null | undefined)?.default)
  if (code !== undefined) return code
  throw new FaultlineError('FAULTLINE_BAD_JOB', {
    message:
      `The 'load' of job '${definition.name}' resolved to ${received(loaded)}; allowed is a function, ` +
      "or a module with an export 'perform' or a default export that is one.",
    hint: "load: () => import('./the-job.ts'), and there: export async function perform(payload, context) { … }",
  })
}

function codeOf(value: unknown): Code | undefined {
  if (typeof value === 'function') return value as Code
  if (typeof value !== 'object' || value === null) return undefined
  const { perform } = value as { perform?: unknown }
  return typeof perform === 'function'
    ? (payload, context) => perform.call(value, payload, context)
    : undefined
}

function received(loaded: unknown): string {
  if (typeof loaded !== 'object' || loaded === null) return describe(loaded)
  const names = Object.keys(loaded)
  return names.length === 0 ? 'a module without exports' : `a module with ${names.join(', ')}`
}
