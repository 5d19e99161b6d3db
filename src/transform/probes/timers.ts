import type { Node } from 'oxc-parser'
import { isFunction, unwrap } from '../ast.ts'
import type { Probe, Visit } from '../probe.ts'

/** What is written to, and not read; timers do not wrap it. */
export const timerTargets: Probe = {
  targets: [
    'AssignmentExpression',
    'AssignmentPattern',
    'ArrayPattern',
    'ObjectPattern',
    'RestElement',
    'UpdateExpression',
    'UnaryExpression',
    'ForInStatement',
    'ForOfStatement',
  ],
  enter(node, { file }) {
    if (file.timers === undefined) return
    for (const target of targetsOf(node)) file.targets.add(unwrap(target))
  },
}

/** Timer functions, wherever they are values: the runtime tells them from what else has their name. */
export const timers: Probe = {
  targets: ['Identifier', 'MemberExpression', 'Property'],
  enter(node, visit) {
    const { file, scope, parent } = visit
    if (file.timers === undefined || !scope.timers) return
    if (node.type === 'Property') {
      if (!node.shorthand || parent.type === 'ObjectPattern' || node.key.type !== 'Identifier') return
      if (file.timers.has(node.key)) file.edits.close(node.end, `:${file.use('k')}(${node.key.name})`)
    } else if (isTimerValue(node, visit)) {
      file.edits.open(node.start, node.start, `${file.use('k')}(`)
    }
  },
  leave(node, visit) {
    if (node.type !== 'Property' && isTimerValue(node, visit)) visit.file.edits.close(node.end, ')')
  },
}

function targetsOf(node: Node): readonly Node[] {
  switch (node.type) {
    case 'AssignmentExpression':
    case 'AssignmentPattern':
    case 'ForInStatement':
    case 'ForOfStatement':
      return [node.left]
    case 'RestElement':
    case 'UpdateExpression':
      return [node.argument]
    case 'UnaryExpression':
      return node.operator === 'typeof' || node.operator === 'delete' ? [node.argument] : []
    case 'ArrayPattern':
      return node.elements.filter((element) => element !== null)
    case 'ObjectPattern':
      return node.properties.map((property) => (property.type === 'Property' ? property.value : property))
    default:
      return []
  }
}

function isTimerValue(node: Node, { file, scope, parent, key }: Visit): boolean {
  if (file.timers === undefined || !scope.timers || !file.timers.has(node) || file.targets.has(node))
    return false
  return !isName(parent, key)
}

/** Where an identifier is no expression: a declared name, a key, a label. */
function isName(parent: Node, key: string): boolean {
  if (key === 'id' || key === 'label' || key === 'param') return true
  if (key === 'params' && isFunction(parent)) return true
  if (key === 'property') return parent.type === 'MemberExpression' && !parent.computed
  if (key === 'key') return 'computed' in parent && !parent.computed
  if (parent.type === 'Property') return parent.shorthand
  return (parent.type === 'NewExpression' && key === 'callee') || parent.type === 'TSParameterProperty'
}
