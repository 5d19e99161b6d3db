import type { Node } from 'oxc-parser'
import { bareBlock, isSilent, startOf } from '../ast.ts'
import { canFail } from '../can-fail.ts'
import type { PlaceDraft } from '../places.ts'
import type { Probe, Visit } from '../probe.ts'
import { lineProbe } from './text.ts'
import { openThrough, returnedOf } from './through.ts'

/** Before each statement of a list. */
export const line: Probe = {
  targets: ['listed'],
  enter(node, visit) {
    if (!hasPlace(node, visit)) return
    const { file } = visit
    const offset = file.before(node)
    file.edits.insert(offset, file.separatorAt(offset, node), ...probeBefore(node, offset, visit))
  },
}

/** A statement without braces, which gets them. */
export const unbraced: Probe = {
  targets: ['unbraced'],
  enter(node, visit) {
    if (!hasPlace(node, visit)) return
    const offset = visit.file.before(node)
    visit.file.edits.open(offset, node.start, '{')
    visit.file.edits.insert(offset, ...probeBefore(node, offset, visit))
  },
  leave(node, visit) {
    if (hasPlace(node, visit)) visit.file.edits.close(node.end, '}')
  },
}

function probeBefore(node: Node, offset: number, visit: Visit): (string | PlaceDraft)[] {
  const probe = lineProbe(newPlace(node, visit), visit)
  const value = returnedOf(node, visit.scope.fn, visit)
  return value === undefined ? probe : openThrough(value, offset, probe, visit)
}

function hasPlace(node: Node, { scope, file }: Visit): boolean {
  return scope.active && !isSilent(node) && bareBlock(node) === undefined && !file.taken.has(node)
}

function newPlace(node: Node, { scope, file }: Visit): PlaceDraft {
  const holds = !scope.long || file.source.slice(node.start, node.end).includes('await')
  return file.place(holds ? scope : { ...scope, async: false }, {
    kind: 'l',
    offset: startOf(node),
    canFail: canFail(node, file.settlers),
  })
}
