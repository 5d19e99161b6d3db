import type { QueueServer } from '../answered.ts'
import type { DrivenWorker } from './driven-worker.ts'

/** The servers of some workers as one: named are those that are away, else all. */
export function serverOf(drivens: readonly DrivenWorker[]): QueueServer {
  const servers = drivens.map(({ store }) => store.server)
  return {
    get name() {
      const away = servers.filter((server) => !server.isUp())
      return [...new Set((away.length > 0 ? away : servers).map(({ name }) => name))].join(' and ')
    },
    isUp: () => servers.every((server) => server.isUp()),
  }
}
