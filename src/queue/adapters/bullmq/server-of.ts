import type { QueueServer } from '../answered.ts'
import type { DrivenWorker } from './driven-worker.ts'

const known: WeakMap<readonly DrivenWorker[], QueueServer> = new WeakMap()

/** The servers of some workers as one: named are those that are away, else all. */
export function serverOf(drivens: readonly DrivenWorker[]): QueueServer {
  let server = known.get(drivens)
  if (server === undefined) known.set(drivens, (server = serverOfAll(drivens)))
  return server
}

function serverOfAll(drivens: readonly DrivenWorker[]): QueueServer {
  const servers = [...new Set(drivens.map(({ store }) => store.server))]
  return {
    get name() {
      const away = servers.filter((server) => !server.isUp())
      return [...new Set((away.length > 0 ? away : servers).map(({ name }) => name))].join(' and ')
    },
    isUp: () => servers.every((server) => server.isUp()),
  }
}
