import type { ForOfStatement, Node } from 'oxc-parser'
import { startOf } from '../ast.ts'
import { canFail } from '../can-fail.ts'
import { nextPlaced } from '../merge.ts'
import type { PlaceName } from '../places.ts'
import type { Probe, Visit } from '../probe.ts'
import { placeAndActivation } from './text.ts'

/** Each value that a `for await` got; the first statement of its body is the same place. */
export const forAwait: Probe = {
  targets: ['ForOfStatement'],
  enter(node, visit) {
    const { file, scope } = visit
    if (!isInstrumented(node, visit)) return
    const name: PlaceName = { kind: 'a', offset: node.start, canFail: true, loop: true }
    const place = file.place(scope, name, ...firstStatement(node.body, visit))
    const start = file.before(node.right)
    const at = placeAndActivation(place, visit, true)
    file.edits.open(start, node.right.start, `${file.spaceAt(start)}${file.use('w')}(`, ...at, ',(')
    const held = [`if(${file.use('b')}(`, place, `,${scope.activation}))await ${scope.activation}.w;`]
    if (isBraced(node)) file.edits.insert(node.body.start + 1, ...held)
    else {
      const offset = file.before(node.body)
      file.edits.open(offset, node.body.start, '{')
      file.edits.insert(offset, ...held)
    }
  },
  leave(node, visit) {
    if (!isInstrumented(node, visit)) return
    visit.file.edits.close(node.right.end, '))')
    if (!isBraced(node)) visit.file.edits.close(node.body.end, '}')
  },
}

function isInstrumented(node: Node, { scope }: Visit): node is ForOfStatement {
  return scope.async && node.type === 'ForOfStatement' && node.await
}

function isBraced({ body }: ForOfStatement): boolean {
  return body.type === 'BlockStatement'
}

function firstStatement(body: Node, { file }: Visit): PlaceName[] {
  const first = nextPlaced(file, body.type === 'BlockStatement' ? body.body : [body], 0)
  if (first === undefined || first === 'end') return []
  file.taken.add(first)
  return [{ kind: 'l', offset: startOf(first), canFail: canFail(first, file.settlers) }]
}
