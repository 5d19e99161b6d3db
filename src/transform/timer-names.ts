import type { Node, Program } from 'oxc-parser'
import { eachChild, unwrap } from './ast.ts'

const timerFunctions = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
])
const timerModule = /^(?:node:)?timers(?:\/promises)?$/
const mention = /\b(?:set|clear)(?:Timeout|Interval|Immediate)\b|\bAbortSignal\b|\btimers\b/

/** The names by which a file can reach timer functions. */
export class TimerNames {
  readonly #functions: Set<string> = new Set(timerFunctions)
  readonly #namespaces: Set<string> = new Set(['globalThis', 'global', 'window'])

  /** Undefined where the source mentions no timer at all. */
  static in(source: string, program: Program): TimerNames | undefined {
    if (!mention.test(source)) return undefined
    const names = new TimerNames()
    if (/timers/.test(source)) names.#collect(program)
    return names
  }

  /** Whether an identifier or a member expression may be a timer function. */
  has(node: Node): boolean {
    if (node.type === 'Identifier') return this.#functions.has(node.name)
    if (node.type !== 'MemberExpression' || node.computed || node.optional) return false
    const { name } = node.property
    if (name === 'timeout') return this.#isAbortSignal(node.object)
    return timerFunctions.has(name) && this.#isNamespace(node.object)
  }

  #isAbortSignal(node: Node): boolean {
    const object = unwrap(node)
    if (object.type === 'Identifier') return object.name === 'AbortSignal'
    if (object.type !== 'MemberExpression' || object.computed || object.property.name !== 'AbortSignal')
      return false
    return this.#isNamespace(object.object)
  }

  #isNamespace(node: Node): boolean {
    const object = unwrap(node)
    if (object.type === 'Identifier') return this.#namespaces.has(object.name)
    if (object.type !== 'MemberExpression' || object.computed || object.property.name !== 'promises')
      return false
    return this.#isNamespace(object.object)
  }

  #collect(node: Node): void {
    if (node.type === 'ImportDeclaration') {
      if (!timerModule.test(node.source.value) || node.importKind === 'type') return
      for (const { type, local } of node.specifiers) {
        ;(type === 'ImportSpecifier' ? this.#functions : this.#namespaces).add(local.name)
      }
    } else if (node.type === 'VariableDeclarator' && node.init) {
      this.#bind(node.id, unwrap(node.init))
    }
    eachChild(node, (child) => this.#collect(child))
  }

  /** `const timers = require('timers')`, `const { setTimeout: sleep } = await import('timers/promises')` … */
  #bind(id: Node, init: Node): void {
    if (init.type === 'MemberExpression' && !init.computed) {
      if (id.type !== 'Identifier' || !isTimerModule(unwrap(init.object))) return
      if (init.property.name === 'promises') this.#namespaces.add(id.name)
      else this.#functions.add(id.name)
    }
    if (!isTimerModule(init)) return
    if (id.type === 'Identifier') this.#namespaces.add(id.name)
    if (id.type !== 'ObjectPattern') return
    for (const property of id.properties) {
      if (property.type === 'Property' && property.value.type === 'Identifier')
        this.#functions.add(property.value.name)
    }
  }
}

function isTimerModule(node: Node): boolean {
  if (node.type === 'AwaitExpression') return isTimerModule(unwrap(node.argument))
  if (node.type === 'ImportExpression') return isTimerSpecifier(node.source)
  if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier') return false
  return node.callee.name === 'require' && isTimerSpecifier(node.arguments[0])
}

function isTimerSpecifier(node: Node | undefined): boolean {
  return node?.type === 'Literal' && typeof node.value === 'string' && timerModule.test(node.value)
}
