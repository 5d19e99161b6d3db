import { fileURLToPath } from 'node:url'
import { isJobRequest } from '../model/job.ts'
import { kindOfWork, type Once, type Work } from './work.ts'

const held = Symbol.for('faultline.located')

/** The file in which a work's own function is written; `undefined` where V8 cannot tell, as for a bound function. */
export function fileOfWork(work: Work): string | undefined {
  const fn = functionOf(work)
  if (typeof fn !== 'function') return undefined
  try {
    return fileOf(fn)
  } catch {
    return undefined
  }
}

function functionOf(work: Work): unknown {
  if (isJobRequest(work)) return work.job?.perform
  const kind = kindOfWork(work)
  return kind === 'once' ? (work as Once).fn : kind === 'script' ? work : undefined
}

/** Asks V8's inspector: takes some 50 ms, and is exact whoever wrapped the definition of the job. */
function fileOf(fn: object): string | undefined {
  // Not every build of Node has it, and hardly any process needs it.
  const session = new (process.getBuiltinModule('node:inspector').Session)()
  const holder = globalThis as { [held]?: object }
  holder[held] = fn
  session.connect()
  try {
    const urls = new Map<string, string>()
    session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url))
    session.post('Debugger.enable')
    let url: string | undefined
    const expression = `globalThis[Symbol.for('${held.description}')]`
    // Answers of the same thread come before `post` returns.
    session.post('Runtime.evaluate', { expression }, (_, { result }) => {
      session.post('Runtime.getProperties', { objectId: result.objectId! }, (_, { internalProperties }) => {
        const location = internalProperties?.find(({ name }) => name === '[[FunctionLocation]]')
        url = urls.get((location?.value?.value as { scriptId: string } | undefined)?.scriptId ?? '')
      })
    })
    return url === undefined ? undefined : pathOf(url)
  } finally {
    session.disconnect()
    delete holder[held]
  }
}

function pathOf(url: string): string | undefined {
  const file = url.replace(/\?.*/s, '')
  if (file.startsWith('file:')) return fileURLToPath(file)
  return /^(?:\/|[A-Za-z]:[\\/])/.test(file) ? file : undefined
}
