import { fileURLToPath } from 'node:url'
import { compileFunction } from 'node:vm'

/** `test` of `node:test`, or that of a test's context. */
type Register<O, F> = (name: string, options: O, body: F) => Promise<void>

const RETURN = 'return '

/**
 * Registers tests from where the user registered the simulation: `node:test` says that a test stands where its
 * function was called, and that would be a file of this package.
 */
export function registeredAt(
  calledAt: Error,
): <O, F>(register: Register<O, F>, name: string, options: O, body: F) => Promise<void> {
  const place = placeOf(calledAt)
  if (place === undefined) return (register, name, options, body) => register(name, options, body)
  // A path, and no URL: what measures coverage takes it for no file of the user.
  return compileFunction(
    `${RETURN}register(name, options, body)`,
    ['register', 'name', 'options', 'body'],
    place,
  ) as ReturnType<typeof registeredAt>
}

/** The innermost line of the stack: who called testSimulation or testRaces. */
function placeOf({ stack = '' }: Error) {
  const frame = stack.slice(stack.indexOf('\n    at ')).split('\n')[1] ?? ''
  const [, file, line, column] = /(?:\(|at )(?:async )?([^()]+):(\d+):(\d+)\)?$/.exec(frame) ?? []
  if (file === undefined || file.startsWith('node:')) return undefined
  const filename = file.startsWith('file:') ? fileURLToPath(file) : file
  return { filename, lineOffset: Number(line) - 1, columnOffset: Number(column) - 1 - RETURN.length }
}
