import type { CallExpression, Node, Program } from 'oxc-parser'
import { eachChild, type FunctionNode, isFunction, unwrap } from './ast.ts'
import { without } from './collections.ts'

/** Calls whose answer nobody looks at, where nothing can be thrown. */
export interface Unheeded {
  /** Of an async function of the same source, or of `resolve` and `reject` of a promise that somebody holds. */
  readonly calls: ReadonlySet<Node>
  /** `beat().catch(log)` in a function that is not async: what fails inside goes to the handler. */
  readonly told: ReadonlySet<Node>
}

const timers = /^(?:setTimeout|setInterval|setImmediate|queueMicrotask)$/

/** An async function never throws at its caller: what fails inside of it has points of its own. */
export function unheededCalls(program: Program): Unheeded {
  const own = asyncFunctions(program)
  const calls = new Set<Node>()
  const told = new Set<Node>()
  const look = (node: Node, fn: FunctionNode | undefined): void => {
    const call = unwrap(node)
    if (call.type === 'UnaryExpression' && call.operator === 'void') look(call.argument, fn)
    if (call.type !== 'CallExpression') return
    if (settles(call) || isOwn(call, own)) calls.add(call)
    if (fn !== undefined && !fn.async && !fn.generator && isHandled(call)) told.add(call)
  }
  const visit = (node: Node, fn: FunctionNode | undefined): void => {
    const within = isFunction(node) ? node : fn
    if (node.type === 'ExpressionStatement') look(node.expression, within)
    if (
      node.type === 'CallExpression' &&
      node.callee.type === 'Identifier' &&
      timers.test(node.callee.name)
    ) {
      const [callback] = node.arguments
      if (callback?.type === 'ArrowFunctionExpression' && callback.body.type !== 'BlockStatement')
        look(callback.body, callback)
    }
    eachChild(node, (child) => visit(child, within))
  }
  visit(program, undefined)
  return { calls, told }
}

/** `waiter.resolve(row)` as a statement. */
function settles({ callee }: CallExpression): boolean {
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier')
    return false
  return /^(?:resolve|reject)$/.test(callee.property.name)
}

/** The chain ends where every rejection is handled. */
function isHandled({ callee, arguments: given }: CallExpression): boolean {
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier')
    return false
  if (unwrap(callee.object).type !== 'CallExpression') return false
  const { name } = callee.property
  return (name === 'catch' && given.length === 1) || (name === 'then' && given.length === 2)
}

interface Own {
  readonly names: ReadonlySet<string>
  readonly methods: ReadonlySet<string>
}

function isOwn({ callee }: CallExpression, { names, methods }: Own): boolean {
  if (callee.type === 'Identifier') return names.has(callee.name)
  if (callee.type !== 'MemberExpression' || callee.computed) return false
  return unwrap(callee.object).type === 'ThisExpression' && methods.has(keyOf(callee.property))
}

/** Names are compared, not scopes: one that is anything else anywhere in the source does not count. */
function asyncFunctions(program: Program): Own {
  const [names, methods] = [new Set<string>(), new Set<string>()]
  const [otherNames, otherMethods] = [new Set<string>(), new Set<string>()]
  const isAsync = (node: Node | null): boolean =>
    node !== null && isFunction(node) && node.async && !node.generator
  const visit = (node: Node): void => {
    if (node.type === 'FunctionDeclaration' && node.id !== null)
      (isAsync(node) ? names : otherNames).add(node.id.name)
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier')
      (isAsync(node.init) ? names : otherNames).add(node.id.name)
    if (isFunction(node))
      for (const parameter of node.params) if (parameter.type === 'Identifier') otherNames.add(parameter.name)
    if (node.type === 'MethodDefinition' || node.type === 'PropertyDefinition')
      (isAsync(node.value) && !node.computed ? methods : otherMethods).add(keyOf(node.key))
    eachChild(node, visit)
  }
  visit(program)
  return { names: without(names, otherNames), methods: without(methods, otherMethods) }
}

function keyOf(key: Node): string {
  if (key.type === 'PrivateIdentifier') return `#${key.name}`
  return key.type === 'Identifier' ? key.name : ''
}
