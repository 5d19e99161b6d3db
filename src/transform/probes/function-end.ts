import type { FunctionNode } from '../ast.ts'
import type { Probe } from '../probe.ts'
import { endReachable } from '../reachable.ts'
import { returnProbe } from './return.ts'
import { placeAndActivation } from './text.ts'

/** The end of a function, where it can be reached. The semicolon in front ends what has none. */
export const functionEnd: Probe = {
  targets: ['body'],
  leave(node, visit) {
    const { file, scope } = visit
    const body = (node as FunctionNode).body!
    if (body.type !== 'BlockStatement' || file.taken.has(body) || !endReachable(body.body)) return
    const offset = body.end - 1
    const place = file.place(scope, { kind: 'r', offset, canFail: false })
    file.edits.insert(offset, `;${returnProbe(visit)}(`, ...placeAndActivation(place, visit, false), ')')
  },
}
