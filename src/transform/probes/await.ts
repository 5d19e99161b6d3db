import type { Node } from 'oxc-parser'
import { startOf, statementsOf } from '../ast.ts'
import { canFail } from '../can-fail.ts'
import { nextPlaced, wholeAwait } from '../merge.ts'
import type { PlaceName } from '../places.ts'
import type { Probe, Visit } from '../probe.ts'
import { placeAndActivation } from './text.ts'

/** What is awaited has settled. */
export const awaits: Probe = {
  targets: ['AwaitExpression'],
  enter(node, visit) {
    const { file, scope } = visit
    if (!scope.async || node.type !== 'AwaitExpression') return
    const place = file.awaits.get(node) ?? file.place(scope, awaitName(node))
    const at = placeAndActivation(place, visit, true)
    const start = file.before(node.argument)
    file.edits.open(node.start, node.start, `${file.use('v')}(`, ...at, ',')
    file.edits.open(start, node.argument.start, `${file.spaceAt(start)}${file.use('w')}(`, ...at, ',(')
  },
  leave(node, { file, scope }) {
    if (scope.async) file.edits.close(node.end, ')))')
  },
}

/** A statement that is an await and nothing else: what follows it is the same place. */
export const awaitStatement: Probe = {
  targets: ['listed'],
  enter(node, visit) {
    const { scope, file } = visit
    const awaited = scope.async && node.type === 'ExpressionStatement' ? wholeAwait(node) : undefined
    if (awaited === undefined) return
    const { main, also } = following(node, visit)
    const names = [...main, awaitName(awaited), ...also]
    file.awaits.set(awaited, file.place(scope, names[0]!, ...names.slice(1)))
  },
}

interface Following {
  readonly main: readonly PlaceName[]
  readonly also: readonly PlaceName[]
}

/** The places that come right after a statement: the next statement, the end of the function or of a `try`. */
function following(node: Node, { parent, scope, file }: Visit): Following {
  const list = statementsOf(parent)!
  const next = nextPlaced(file, list, list.indexOf(node) + 1)
  if (next === undefined) return { main: [], also: [] }
  if (next !== 'end') {
    file.taken.add(next)
    return { main: [{ kind: 'l', offset: startOf(next), canFail: canFail(next, file.settlers) }], also: [] }
  }
  if (parent === scope.fn?.body) {
    file.taken.add(parent)
    return { main: [], also: [{ kind: 'r', offset: parent.end - 1, canFail: false }] }
  }
  if (file.tryBlocks.has(parent)) file.taken.add(parent)
  return { main: [], also: [] }
}

/** The name of an await. */
export function awaitName(node: Node): PlaceName {
  return { kind: 'a', offset: node.start, canFail: true }
}
