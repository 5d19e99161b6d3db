import type { Node } from 'oxc-parser'

/**
 * Whether the end of a list of statements can be reached, as far as the structure tells: what is doubtful counts
 * as reachable, since a probe too many is never hit.
 */
export function endReachable(statements: readonly Node[]): boolean {
  return statements.every(completes)
}

function completes(node: Node): boolean {
  switch (node.type) {
    case 'ReturnStatement':
    case 'ThrowStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
      return false
    case 'BlockStatement':
      return endReachable(node.body)
    case 'IfStatement':
      return node.alternate == null || completes(node.consequent) || completes(node.alternate)
    case 'LabeledStatement':
      return completes(node.body) || breaksOut(node.body, node.label.name)
    case 'TryStatement':
      if (node.finalizer != null && !completes(node.finalizer)) return false
      return completes(node.block) || (node.handler != null && completes(node.handler.body))
    case 'WhileStatement':
    case 'DoWhileStatement':
      return !isTrue(node.test) || breaksOut(node.body)
    case 'ForStatement':
      return (node.test != null && !isTrue(node.test)) || breaksOut(node.body)
    case 'SwitchStatement': {
      const last = node.cases.at(-1)
      if (last === undefined || node.cases.every(({ test }) => test != null)) return true
      return (
        endReachable(last.consequent) || node.cases.some((part) => part.consequent.some((s) => breaksOut(s)))
      )
    }
    default:
      return true
  }
}

function isTrue(test: Node): boolean {
  return test.type === 'Literal' && test.value !== null && Boolean(test.value)
}

/** Whether a statement holds a `break` that leaves the loop or switch around it, or the label. */
function breaksOut(node: Node, label?: string, nested = false): boolean {
  const inner = (child: Node | null | undefined, deeper = nested) =>
    child != null && breaksOut(child, label, deeper)
  switch (node.type) {
    case 'BreakStatement':
      return node.label == null ? label === undefined && !nested : node.label.name === label
    case 'BlockStatement':
      return node.body.some((child) => inner(child))
    case 'IfStatement':
      return inner(node.consequent) || inner(node.alternate)
    case 'LabeledStatement':
    case 'WithStatement':
      return inner(node.body)
    case 'TryStatement':
      return inner(node.block) || inner(node.handler?.body) || inner(node.finalizer)
    case 'SwitchStatement':
      return node.cases.some((part) => part.consequent.some((child) => inner(child, true)))
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
      return inner(node.body, true)
    default:
      return false
  }
}
