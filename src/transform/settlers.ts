import type { CallExpression, Node, Program } from 'oxc-parser'
import { eachChild, type FunctionNode, isFunction, unwrap } from './ast.ts'
import { type Collections, collectionsOf, noCollections } from './collections.ts'
import { unheededCalls } from './unheeded.ts'

/** What tells others of a result and cannot fail itself. */
export interface Settlers {
  /** The names given to the functions that settle promises: `new Promise((yes, no) => …)`. */
  readonly names: ReadonlySet<string>
  /** The lists in which such functions wait: `waiting.push(go)`. */
  readonly lists: ReadonlySet<string>
  /** What is a built-in collection by its declaration: its methods do not fail. */
  readonly collections: Collections
  /**
   * The calls that tell a library's callback of a result, as Node does: `done()`, `done(null, row)`, `done(error)`; and
   * those that {@link unheededCalls} knows.
   */
  readonly calls: ReadonlySet<Node>
  /** Promises whose rejection goes to such a callback, `save(row).then(() => done(), done)`: nothing is thrown there. */
  readonly told: ReadonlySet<Node>
}

export const noSettlers: Settlers = {
  names: new Set(),
  lists: new Set(),
  collections: noCollections,
  calls: new Set(),
  told: new Set(),
}

/** What settles in a source. */
export function settlersOf(source: string, program: Program): Settlers {
  const executors = source.matchAll(
    /new Promise(?:<[^()]*>)?\(\s*(?:async\s*)?(?:function\s*)?\(?\s*(\w+)(?:\s*,\s*(\w+))?/g,
  )
  const names = new Set([...executors].flatMap(([, resolve, reject]) => [resolve!, reject ?? resolve!]))
  const lists = new Set<string>()
  for (const [, list, pushed] of source.matchAll(/([\w$]+)\.(?:push|unshift)\(\s*([\w$]+)\s*\)/g))
    if (names.has(pushed!)) lists.add(list!)
  for (const [, name, list] of source.matchAll(/(?:const|let)\s+([\w$]+)\s*=\s*([\w$]+)\.(?:shift|pop)\(/g))
    if (lists.has(list!)) names.add(name!)
  for (const [, name, list] of source.matchAll(/for\s*\(\s*(?:const|let)\s+([\w$]+)\s+of\s+([\w$]+)/g))
    if (lists.has(list!)) names.add(name!)
  const telling = tellingCalls(program)
  const unheeded = unheededCalls(program)
  return {
    names,
    lists,
    collections: collectionsOf(program),
    calls: new Set([...telling.calls, ...unheeded.calls]),
    told: new Set([...telling.told, ...unheeded.told]),
  }
}

/** Calls of a parameter of a function around them, one that is not async, in the style of Node's callbacks. */
function tellingCalls(program: Program): Pick<Settlers, 'calls' | 'told'> {
  const calls = new Set<Node>()
  const told = new Set<Node>()
  const visit = (node: Node, callbacks: ReadonlySet<string>): void => {
    const known = isFunction(node) ? callbacksIn(node, callbacks) : callbacks
    if (node.type === 'CallExpression' && known.size > 0) {
      const { callee } = node
      if (callee.type === 'Identifier' && known.has(callee.name) && tells(node)) calls.add(node)
      if (isTold(node, known)) told.add(node)
    }
    eachChild(node, (child) => visit(child, known))
  }
  visit(program, new Set())
  return { calls, told }
}

/** `….then(row => …, done)`, `….catch((error) => done(error))`. */
function isTold({ callee, arguments: given }: CallExpression, callbacks: ReadonlySet<string>): boolean {
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false
  const { name } = callee.property
  const handler = name === 'then' ? given[1] : name === 'catch' ? given[0] : undefined
  if (handler === undefined) return false
  const told = handler.type === 'ArrowFunctionExpression' ? unwrap(handler.body) : handler
  const callback = told.type === 'CallExpression' ? told.callee : told
  return callback.type === 'Identifier' && callbacks.has(callback.name)
}

/** By the last parameter: that is where Node's style has the callback. */
function callbacksIn(fn: FunctionNode, around: ReadonlySet<string>): ReadonlySet<string> {
  const names = new Set(around)
  for (const parameter of fn.params) if (parameter.type === 'Identifier') names.delete(parameter.name)
  const last = fn.params.at(-1)
  if (fn.async || fn.generator || last?.type !== 'Identifier') return names
  if (fn.params.length > 1 || /^(?:done|next|cb|callback)$/.test(last.name)) names.add(last.name)
  return names
}

function tells({ arguments: given }: CallExpression): boolean {
  const [first] = given
  if (first === undefined) return true
  const inner = unwrap(first)
  if (inner.type === 'Literal') return inner.value === null
  return inner.type === 'Identifier' && /^(?:undefined|e|err|error|reason|cause)$/.test(inner.name)
}
