import { isSilent } from '../ast.ts'
import { bypasses } from '../bypass.ts'
import { canFailDeep } from '../can-fail.ts'
import type { Probe } from '../probe.ts'
import { endReachable } from '../reachable.ts'
import { lineProbe } from './text.ts'

/** The end of a `try` block: the last place whose failure its `catch` sees. */
export const tryEnd: Probe = {
  targets: ['TryStatement'],
  enter(node, { file, scope }) {
    if (node.type !== 'TryStatement') return
    file.tryBlocks.add(node.block)
    file.openTries.set(scope.fn, (file.openTries.get(scope.fn) ?? 0) + 1)
    const found = bypasses(node)
    for (const one of found?.returns ?? []) file.bypasses.set(one, found!.bypass)
  },
  leave(node, visit) {
    const { file, scope } = visit
    file.openTries.set(scope.fn, file.openTries.get(scope.fn)! - 1)
    if (!scope.active || node.type !== 'TryStatement' || file.taken.has(node.block)) return
    const { body, end } = node.block
    const last = body.filter((statement) => !isSilent(statement)).at(-1)
    if (last === undefined || !endReachable(body)) return
    const place = file.place(scope, {
      kind: 'l',
      offset: end - 1,
      canFail: canFailDeep(last, file.settlers),
      tryEnd: true,
    })
    file.edits.insert(end - 1, ';', ...lineProbe(place, visit))
  },
}
