import type {
  ArrowFunctionExpression,
  BinaryExpression,
  Class,
  Function as FunctionLike,
  LogicalExpression,
  Node,
  Statement,
} from 'oxc-parser'
import { visitorKeys } from 'oxc-parser'

/** A function of any kind that may have a body. */
export type FunctionNode = FunctionLike | ArrowFunctionExpression

const typeKeys = new Set([
  'typeAnnotation',
  'typeParameters',
  'typeArguments',
  'returnType',
  'superTypeArguments',
  'implements',
])

/** The TypeScript nodes that hold code which runs; every other one is a type. */
const runtimeTypescript = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
  'TSNonNullExpression',
  'TSInstantiationExpression',
  'TSEnumDeclaration',
  'TSEnumBody',
  'TSEnumMember',
  'TSModuleDeclaration',
  'TSModuleBlock',
  'TSExportAssignment',
  'TSParameterProperty',
])

const childKeys = new Map<string, readonly string[]>()
for (const [type, keys] of Object.entries(visitorKeys)) {
  const isType = type.startsWith('TS') && !runtimeTypescript.has(type)
  childKeys.set(type, isType ? [] : keys.filter((key) => !typeKeys.has(key)))
}
childKeys.set('ImportDeclaration', [])
childKeys.set('ExportAllDeclaration', [])
childKeys.set('ExportNamedDeclaration', ['declaration'])
childKeys.set('TSEnumMember', ['initializer'])
childKeys.set('TSModuleDeclaration', ['body'])

const none: readonly string[] = []

/** Calls back for each child that can hold running code, in the order of the source. */
export function eachChild(node: Node, visit: (child: Node, key: string) => void): void {
  if (isOperation(node)) {
    for (const { operand, key } of operandsOf(node)) visit(operand, key)
    return
  }
  if ('declare' in node && node.declare) return
  const fields = node as unknown as Record<string, Node | (Node | null)[] | null | undefined>
  for (const key of childKeys.get(node.type) ?? none) {
    const value = fields[key]
    if (Array.isArray(value)) {
      for (const child of value) if (child) visit(child, key)
    } else if (value) visit(value, key)
  }
}

function isOperation(node: Node): node is BinaryExpression | LogicalExpression {
  return node.type === 'BinaryExpression' || node.type === 'LogicalExpression'
}

/** The operands of a chain such as `a + b + c`, which would be as deep as it is long. */
function operandsOf(node: Node): { operand: Node; key: string }[] {
  const operands = []
  let left = node
  for (; isOperation(left); left = left.left) operands.push({ operand: left.right, key: 'right' })
  operands.push({ operand: left, key: 'left' })
  return operands.reverse()
}

/** Whether the node is a function of any kind, with a body. */
export function isFunction(node: Node): node is FunctionNode {
  if (node.type === 'ArrowFunctionExpression') return true
  return (node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression') && node.body !== null
}

/** Whether the node is a class declaration or expression. */
export function isClass(node: Node): node is Class {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression'
}

const wrappers = new Set([
  'ParenthesizedExpression',
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
])

/** The expression inside parentheses and type assertions. */
export function unwrap(node: Node): Node {
  let inner = node
  while (wrappers.has(inner.type)) inner = (inner as unknown as { expression: Node }).expression
  return inner
}

/** Whether the node is wrapped away by {@link unwrap}. */
export function isWrapper(node: Node): boolean {
  return wrappers.has(node.type)
}

/** The statements of a node that holds a list of them in running code. */
export function statementsOf(node: Node): readonly Node[] | undefined {
  if (node.type === 'BlockStatement' || node.type === 'StaticBlock') return node.body
  if (node.type === 'SwitchCase') return node.consequent
  return undefined
}

const loops = new Set([
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
  'WithStatement',
])

/** Whether a child is the body of a loop or a branch, where a single statement may stand without braces. */
export function isBranch(parent: Node, key: string): boolean {
  if (parent.type === 'IfStatement') return key === 'consequent' || key === 'alternate'
  return key === 'body' && loops.has(parent.type)
}

/** The start of a node, the decorators in front of it included. */
export function startOf(node: Node): number {
  if (node.type === 'ExportNamedDeclaration' || node.type === 'ExportDefaultDeclaration') {
    const inner = node.declaration
    return inner ? Math.min(node.start, startOf(inner)) : node.start
  }
  const first = isClass(node) ? node.decorators?.[0] : undefined
  return first ? Math.min(first.start, node.start) : node.start
}

const silent = new Set(['EmptyStatement', 'FunctionDeclaration', 'TSDeclareFunction'])

/** Whether nothing is executed where the statement stands: hoisted functions, types, declarations. */
export function isSilent(node: Node): boolean {
  if (silent.has(node.type)) return true
  if ('directive' in node && node.directive != null) return true
  if ('declare' in node && node.declare) return true
  return node.type.startsWith('TS') && !runtimeTypescript.has(node.type)
}

/** The block of a bare or labelled block, which has no place of its own. */
export function bareBlock(node: Node): readonly Statement[] | undefined {
  let inner = node
  while (inner.type === 'LabeledStatement') inner = inner.body
  return inner.type === 'BlockStatement' ? inner.body : undefined
}
