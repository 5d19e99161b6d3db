import { execution } from '../model/context.ts'
import type { JobDefinition, JobRequest } from '../model/job.ts'
import { deliver, type Session } from '../perform/index.ts'
import { defineJob } from '../queue/index.ts'
import { showArchive } from '../queue/show-archive.ts'
import { bounded } from './bounded.ts'
import { nothingEnqueued } from './nothing-enqueued.ts'
import { OncePort, onceClaim } from './once-port.ts'
import { type OtherPayload, payloadInWords } from './payloads.ts'
import type { Setup } from './run-plan.ts'
import { type EnqueuedBy, kindOfWork, nameOfWork, type Once } from './work.ts'

/** What is known of the work once it is started. */
export interface Started {
  rootJobId: string
  result: unknown
  /** What a request handler failed with. */
  failed?: OncePort['failed']
}

/** Brings the work of a simulation into the queue; what nothing redelivers is performed at once. */
export class WorkStart<W> {
  readonly #setup: Setup<W>
  #script: JobDefinition<unknown> | undefined

  constructor(setup: Setup<W>) {
    this.#setup = setup
  }

  async start(session: Session, world: W, started: Started, payload?: OtherPayload): Promise<void> {
    const { work } = this.#setup
    const { queue } = session
    const kind = kindOfWork(work)
    if (kind === 'once') {
      const claim = onceClaim(nameOfWork(work), queue, session.workerName)
      started.rootJobId = claim.id
      const port = new OncePort((work as Once).fn, queue)
      await deliver(session, claim, port)
      started.result = port.result
      started.failed = port.failed
      return
    }
    const context = session.quietContext('enqueue')
    if (kind === 'enqueuedBy') {
      await execution.run(context, () =>
        bounded(
          'enqueuedBy',
          () => (work as EnqueuedBy).fn({ queue, world: world as never }),
          session.options.signal,
        ),
      )
    } else {
      const own = kind === 'job' ? (work as JobRequest) : this.#scriptJob(work as () => unknown).with(null)
      const request = payload === undefined ? own : { ...own, payload: payload.value }
      started.rootJobId = await execution.run(context, () => queue.enqueue(request))
    }
    const pending = await queue.pending()
    if (pending.length === 0) throw nothingEnqueued()
    started.rootJobId ||= pending[0]!.id
    for (const job of pending) {
      if (kind === 'job' && job.id === started.rootJobId)
        showArchive(job.name, (work as JobRequest).job, job.payload, undefined)
      const detail =
        payload === undefined || job.id !== started.rootJobId ? undefined : payloadInWords(payload)
      session.note('enqueued', { id: job.id, name: job.name, delivery: 0 }, detail)
    }
  }

  #scriptJob(fn: (context: never) => unknown): JobDefinition<unknown> {
    this.#script ??= defineJob({
      name: this.#setup.name,
      perform: (_payload, context) => fn(context as never),
    })
    return this.#script
  }
}
