import type { CatchClause, Node, TryStatement } from 'oxc-parser'
import { eachChild, isFunction, unwrap } from './ast.ts'
import { endReachable } from './reachable.ts'

/** How much of a rejection the `catch` would have handled that a returned promise passes by. */
export type Bypass = 'catch' | 'some of a catch'

/** The `return`s of a `try` block, with what their promises pass by; none where its `catch` would have thrown anyway. */
export function bypasses(statement: TryStatement): { returns: Node[]; bypass: Bypass } | undefined {
  const { block, handler, finalizer } = statement
  if (handler == null || (finalizer != null && !endReachable(finalizer.body))) return undefined
  const bypass = bypassOf(handler)
  return bypass === undefined ? undefined : { returns: within(block, ['ReturnStatement']), bypass }
}

function bypassOf({ body, param }: CatchClause): Bypass | undefined {
  const throws = within(body, ['ThrowStatement']).length > 0
  const leaves = within(body, ['ReturnStatement', 'BreakStatement', 'ContinueStatement']).length > 0
  if (throws) return leaves || endReachable(body.body) ? 'some of a catch' : undefined
  const last = body.body.at(-1)
  const name = param?.type === 'Identifier' ? param.name : undefined
  const call = last === undefined || name === undefined ? undefined : callWith(last, name)
  if (call === undefined) return 'catch'
  // `return fail(error)` throws it on, `report(error)` may.
  return /throw|fail|raise|reject/i.test(call) ? undefined : 'some of a catch'
}

/** What a statement calls, if it hands the error on there. */
function callWith(statement: Node, name: string): string | undefined {
  const value =
    statement.type === 'ReturnStatement'
      ? statement.argument
      : statement.type === 'ExpressionStatement'
        ? statement.expression
        : undefined
  if (value == null) return undefined
  let call = unwrap(value)
  if (call.type === 'AwaitExpression') call = unwrap(call.argument)
  if (call.type !== 'CallExpression') return undefined
  const isHandedOn = call.arguments.some((argument) => {
    const inner = unwrap(argument)
    return inner.type === 'Identifier' && inner.name === name
  })
  return isHandedOn ? lastName(call.callee) : undefined
}

function lastName(callee: Node): string {
  const inner = unwrap(callee)
  if (inner.type === 'Identifier') return inner.name
  return inner.type === 'MemberExpression' && inner.property.type === 'Identifier' ? inner.property.name : ''
}

/** The statements of these types in a block, those of nested functions left out. */
function within(node: Node, types: readonly Node['type'][]): Node[] {
  const found: Node[] = []
  const visit = (child: Node): void => {
    if (isFunction(child)) return
    if (types.includes(child.type)) found.push(child)
    eachChild(child, visit)
  }
  eachChild(node, visit)
  return found
}
