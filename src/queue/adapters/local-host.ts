import { FaultlineError } from '../../model/error.ts'

const loopback =
  /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|::1|\[::1\]|0\.0\.0\.0|::ffff:127(?:\.\d{1,3}){3})$/i

/** Whether a server is on this machine; a path is a socket of it, and nothing given is the driver's default. */
export function isLocalHost(host: string | undefined): boolean {
  return host === undefined || host === '' || host.startsWith('/') || loopback.test(host)
}

/**
 * Refuses to clear queues on a server of others.
 *
 * @throws FAULTLINE_REMOTE unless the host is local or `allowRemote` is set.
 */
export function checkLocal(server: string, host: string | undefined, allowRemote: boolean): void {
  if (allowRemote || isLocalHost(host)) return
  throw new FaultlineError('FAULTLINE_REMOTE', {
    message: `The queues are on ${server}, which is not this machine: between scenarios all their jobs are deleted.`,
    hint: 'Point the test at a server of its own. Where that is one (a container, a CI service), pass `allowRemote: true`.',
  })
}
