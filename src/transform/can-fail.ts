import type { CallExpression, Class, MemberExpression, NewExpression, Node } from 'oxc-parser'
import { eachChild, isClass, isFunction, unwrap } from './ast.ts'
import { isOfCollection } from './collections.ts'
import { noSettlers, type Settlers } from './settlers.ts'

const pureObjects = new Set(['console', 'Math', 'Object', 'Array', 'Number', 'String', 'Boolean', 'Symbol'])
const pureFunctions = new Set(
  'Number String Boolean Symbol Object Array Date Error parseInt parseFloat isNaN isFinite resolve reject setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate queueMicrotask'.split(
    ' ',
  ),
)
const pureMembers = new Set(
  (
    'JSON.stringify Date.now performance.now Date.UTC Date.parse Promise.all Promise.allSettled Promise.any ' +
    'Promise.race Promise.withResolvers'
  ).split(' '),
)

/** What they call back rejects the promise that they return; none of them throws. */
const promiseMethods = new Set(['then', 'catch', 'finally'])
const pureClasses = new Set(
  (
    'Date Map Set WeakMap WeakSet WeakRef AbortController Array Object URLSearchParams Headers FormData TextEncoder ' +
    'TextDecoder EventTarget Event Uint8Array Int32Array Float64Array ArrayBuffer'
  ).split(' '),
)

/** Methods of strings, arrays and dates whose names mean nothing else. */
const pureMethods = new Set(
  (
    'join slice trim trimStart trimEnd toUpperCase toLowerCase padStart padEnd startsWith endsWith includes indexOf ' +
    'lastIndexOf charAt charCodeAt codePointAt substring split replace replaceAll toFixed localeCompare toString ' +
    'toISOString getTime getFullYear getMonth getDate getDay getHours getMinutes getSeconds getMilliseconds ' +
    'getUTCFullYear getUTCMonth getUTCDate getUTCDay getUTCHours getUTCMinutes toSorted toReversed toSpliced ' +
    'concat flat hasOwnProperty valueOf abort unref'
  ).split(' '),
)

/** Methods that call back: what a function written there does has places of its own. */
const callbackMethods = new Set(
  (
    'map filter flatMap forEach some every find findIndex findLast findLastIndex reduce reduceRight sort ' +
    'toSorted'
  ).split(' '),
)

/**
 * Whether running the node can throw because of what it calls: a call, a construction, an await, a yield or a
 * dynamic import, but for built-ins that cannot fail. Of a compound statement its head counts, and nothing that
 * is inside a nested function.
 */
export function canFail(node: Node, settlers: Settlers = noSettlers): boolean {
  const heads = headsOf(node)
  if (heads === undefined) return expressionFails(node, settlers)
  return heads.some((head) => head != null && canFail(head, settlers))
}

/** Whether anything in the statement can fail, its blocks included. */
export function canFailDeep(node: Node, settlers: Settlers = noSettlers): boolean {
  return expressionFails(node, settlers)
}

type Heads = readonly (Node | null | undefined)[]

/** What is executed of a compound statement outside of its bodies. */
function headsOf(node: Node): Heads | undefined {
  switch (node.type) {
    case 'BlockStatement':
    case 'TryStatement':
      return []
    case 'IfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      return [node.test]
    case 'ForStatement':
      return [node.init, node.test, node.update]
    case 'ForInStatement':
      return [node.left, node.right]
    case 'ForOfStatement':
      return node.await ? undefined : [node.left, node.right]
    case 'SwitchStatement':
      return [node.discriminant, ...node.cases.map(({ test }) => test)]
    case 'WithStatement':
      return [node.object]
    case 'LabeledStatement':
      return [node.body]
    case 'ClassDeclaration':
    case 'ClassExpression':
      return classHeads(node)
    default:
      return undefined
  }
}

function classHeads(node: Class): Heads {
  const members = node.body.body.flatMap((member) => {
    if (member.type === 'StaticBlock' || member.type === 'TSIndexSignature') return []
    const decorators: readonly Node[] = member.decorators ?? []
    return member.computed ? [...decorators, member.key] : decorators
  })
  return [...(node.decorators ?? []), node.superClass, ...members]
}

function expressionFails(node: Node, settlers: Settlers): boolean {
  if (isFunction(node)) return false
  if (isClass(node)) return classHeads(node).some((head) => head != null && canFail(head, settlers))
  switch (node.type) {
    case 'AwaitExpression':
    case 'YieldExpression':
    case 'ImportExpression':
      return true
    case 'ForOfStatement':
      if (node.await) return true
      break
    case 'VariableDeclaration':
      if (node.kind === 'await using') return true
      break
    case 'TaggedTemplateExpression':
      if (!isMember(node.tag, 'String', 'raw')) return true
      break
    case 'CallExpression':
      if (settlers.told.has(node)) return handledFails(node, settlers)
      if (!isPureCall(node, settlers)) return true
      break
    case 'NewExpression':
      if (!isPureConstruction(node)) return true
      break
  }
  let fails = false
  eachChild(node, (child) => {
    fails ||= expressionFails(child, settlers)
  })
  return fails
}

function isPureConstruction({ callee, arguments: [first] }: NewExpression): boolean {
  if (callee.type !== 'Identifier') return false
  // What its executor throws rejects the promise; an executor that is written there has places of its own.
  if (callee.name === 'Promise') return first !== undefined && isFunction(unwrap(first))
  return pureClasses.has(callee.name) || /Error$/.test(callee.name)
}

function chainedMethod({ callee }: CallExpression): string | undefined {
  const inner = unwrap(callee)
  if (inner.type !== 'MemberExpression' || inner.computed || inner.property.type !== 'Identifier')
    return undefined
  return unwrap(inner.object).type === 'CallExpression' ? inner.property.name : undefined
}

/** Whether anything fails that is computed for such a chain: what the operation is given, and the handlers. */
function handledFails(call: CallExpression, settlers: Settlers): boolean {
  if (call.arguments.some((argument) => expressionFails(argument, settlers))) return true
  const { object } = unwrap(call.callee) as MemberExpression
  const operation = unwrap(object)
  if (operation.type !== 'CallExpression') return expressionFails(operation, settlers)
  if (/^(?:then|catch|finally)$/.test(chainedMethod(operation) ?? ''))
    return handledFails(operation, settlers)
  const inner = [...operation.arguments, operation.callee]
  return inner.some((part) => expressionFails(part, settlers))
}

function isPureCall(call: CallExpression, settlers: Settlers): boolean {
  if (settlers.calls.has(call)) return true
  const callee = unwrap(call.callee)
  if (callee.type === 'Identifier') return pureFunctions.has(callee.name) || settlers.names.has(callee.name)
  if (callee.type === 'CallExpression') return isOfList(callee, settlers)
  if (isOfList(call, settlers)) return true
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier')
    return false
  if (isOfCollection(callee, settlers.collections)) return true
  const method = callee.property.name
  const object = unwrap(callee.object)
  if (object.type === 'Identifier') {
    if (pureObjects.has(object.name)) return true
    if (pureMembers.has(`${object.name}.${method}`)) return true
  }
  if (object.type === 'Literal' && 'regex' in object && (method === 'test' || method === 'exec')) return true
  if (promiseMethods.has(method)) return call.arguments.every((handler) => isHandler(unwrap(handler)))
  if (callbackMethods.has(method)) return callsBackKnown(call, method)
  return pureMethods.has(method)
}

/** `waiting.push(go)`, and `waiting.shift()` of `waiting.shift()?.()`. */
function isOfList({ callee }: CallExpression, { lists }: Settlers): boolean {
  const inner = unwrap(callee)
  if (inner.type !== 'MemberExpression' || inner.computed || inner.property.type !== 'Identifier')
    return false
  const object = unwrap(inner.object)
  return (
    object.type === 'Identifier' &&
    lists.has(object.name) &&
    /^(?:push|unshift|shift|pop)$/.test(inner.property.name)
  )
}

/** What is handed to `then`: a function, by name or written there. A `.catch(…)` of something else has other arguments. */
function isHandler(handler: Node): boolean {
  if (isFunction(handler)) return true
  if (handler.type === 'Identifier' || handler.type === 'MemberExpression') return true
  return handler.type === 'Literal' && handler.value === null
}

/** `collection.find({})` asks a database; `list.find((x) => …)` does not. */
function callsBackKnown(call: CallExpression, method: string): boolean {
  const first = call.arguments[0]
  if (first === undefined) return method === 'sort' || method === 'toSorted'
  const callback = unwrap(first)
  return isFunction(callback) || (callback.type === 'Identifier' && pureFunctions.has(callback.name))
}

function isMember(node: Node, object: string, property: string): boolean {
  return (
    node.type === 'MemberExpression' &&
    node.object.type === 'Identifier' &&
    node.object.name === object &&
    node.property.type === 'Identifier' &&
    node.property.name === property
  )
}
