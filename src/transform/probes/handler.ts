import type { BlockStatement } from 'oxc-parser'
import type { Probe } from '../probe.ts'

/** Where an async function goes on after an await that was rejected: no other probe sees that. */
export const handler: Probe = {
  targets: ['CatchClause', 'TryStatement'],
  enter(node, { file, scope }) {
    if (!scope.active || !scope.async) return
    const block: BlockStatement | null =
      node.type === 'CatchClause' ? node.body : node.type === 'TryStatement' ? node.finalizer : null
    if (block === null) return
    file.edits.insert(block.start + 1, `${file.use('u')}(${scope.activation});`)
  },
}
