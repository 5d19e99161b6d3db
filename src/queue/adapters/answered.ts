import { FaultlineError, isFaultlineError } from '../../model/error.ts'

// Captured before a test can fake them.
const { setInterval, clearInterval } = globalThis
const nowMs: () => number = performance.now.bind(performance)

const lookEveryMs = 100

/** A server that a queue lives on. */
export interface QueueServer {
  /** For errors: `Redis at 127.0.0.1:6379`. */
  readonly name: string
  /** Whether it is connected; a driver that reconnects for ever says `false` meanwhile. */
  isUp(): boolean
}

/** How long a server may be away, and how long it may be silent while it is there; real milliseconds. */
export interface Patience {
  readonly awayMs: number
  readonly silentMs: number
}

const patienceDefault: Patience = { awayMs: 1_000, silentMs: 20_000 }

/**
 * What an operation on a server comes to; where the server went away, an error that names it rather than a hang.
 *
 * @throws FAULTLINE_SERVER_GONE
 */
export function answered<T>(
  server: QueueServer,
  operation: Promise<T>,
  what: string,
  { awayMs, silentMs }: Patience = patienceDefault,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const startMs = nowMs()
    let upMs = startMs
    const look = (now: number): void => {
      if (server.isUp()) upMs = now
      const isAway = now - upMs >= awayMs
      if (!isAway && now - startMs < silentMs) return
      looks.delete(look)
      reject(
        serverGone(server, what, isAway ? 'it is not connected any more' : `no answer for ${silentMs} ms`),
      )
    }
    watch(look)
    operation.then(
      (value) => {
        looks.delete(look)
        resolve(value)
      },
      (error) => {
        looks.delete(look)
        const isGone = !isFaultlineError(error) && (isLost(error) || !server.isUp())
        reject(isGone ? serverGone(server, what, (error as Error).message, error) : error)
      },
    )
  })
}

/** What is looked after now. */
const looks: Set<(nowMs: number) => void> = new Set()
let ticking: NodeJS.Timeout | undefined

/** One timer for all, which outlives them by one tick: a timer for each operation would cost more than the rest. */
function watch(look: (nowMs: number) => void): void {
  looks.add(look)
  ticking ??= setInterval(tick, lookEveryMs).unref()
}

function tick(): void {
  if (looks.size === 0) {
    clearInterval(ticking)
    ticking = undefined
    return
  }
  const now = nowMs()
  for (const look of [...looks]) look(now)
}

/** Of Node's sockets; of Postgres that shuts down, crashes or starts; of its driver. */
const lostCodes = /^(?:ECONN(?:REFUSED|RESET|ABORTED)|EPIPE|ENOENT|ENOTFOUND|ETIMEDOUT|57P0[123]|08\d{3})$/
const lostMessages = /^Connection (?:is closed|terminated|ended)|not queryable/

/** Whether an error says that a connection is gone, or cannot be made. */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, message } = error as NodeJS.ErrnoException
  return lostCodes.test(String(code)) || lostMessages.test(message)
}

/** The error of a server that went away while a run needed it. */
export function serverGone(
  { name }: Pick<QueueServer, 'name'>,
  what: string,
  why: string,
  cause?: unknown,
): FaultlineError {
  return new FaultlineError('FAULTLINE_SERVER_GONE', {
    message: `${name} went away (${what}): ${why}.`,
    hint: 'The run was abandoned: nothing can be said of the job. Start the server again, and run the test again.',
    ...(cause === undefined ? undefined : { cause }),
  })
}
