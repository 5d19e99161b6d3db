import type { Node } from 'oxc-parser'
import { isClass, isFunction, unwrap } from '../ast.ts'
import { canFail } from '../can-fail.ts'
import type { Probe, Visit } from '../probe.ts'
import { placeAndActivation } from './text.ts'

/** The initialiser of a field that can fail. An anonymous function or class there takes the field's name. */
export const field: Probe = {
  targets: ['PropertyDefinition', 'AccessorProperty'],
  enter(node, visit) {
    const { file, scope } = visit
    const value = initialiser(node, visit)
    if (value === undefined) return
    const place = file.place(scope, { kind: 'l', offset: node.start, canFail: true })
    file.edits.open(
      value.start,
      value.start,
      `(${file.use('p')}(`,
      ...placeAndActivation(place, visit, false),
      '),(',
    )
  },
  leave(node, visit) {
    const value = initialiser(node, visit)
    if (value !== undefined) visit.file.edits.close(value.end, '))')
  },
}

function initialiser(node: Node, { scope, file }: Visit): Node | undefined {
  if (!scope.active) return undefined
  if (node.type !== 'PropertyDefinition' && node.type !== 'AccessorProperty') return undefined
  const { value } = node
  if (value == null || !canFail(value, file.settlers)) return undefined
  const inner = unwrap(value)
  return isFunction(inner) || isClass(inner) || file.isIgnored(value) ? undefined : value
}
