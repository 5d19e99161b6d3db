import { isSilent } from '../ast.ts'
import type { Probe } from '../probe.ts'
import { lineProbe } from './text.ts'

/**
 * A handler with nothing in it: without a place of its own a dead delivery would live on, in the condition of the
 * loop around.
 */
export const emptyCatch: Probe = {
  targets: ['CatchClause'],
  leave(node, visit) {
    const { file, scope } = visit
    if (!scope.active || node.type !== 'CatchClause') return
    const { body, end } = node.body
    if (!body.every(isSilent)) return
    const place = file.place(scope, { kind: 'l', offset: end - 1, canFail: false })
    file.edits.insert(end - 1, ';', ...lineProbe(place, visit))
  },
}
