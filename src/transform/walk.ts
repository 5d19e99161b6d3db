import type { Class, Node, Program } from 'oxc-parser'
import {
  eachChild,
  type FunctionNode,
  isBranch,
  isClass,
  isFunction,
  isSilent,
  isWrapper,
  statementsOf,
} from './ast.ts'
import { type Ancestor, functionName, memberName } from './names.ts'
import type { Probe, ProbeTarget, Scope, Visit } from './probe.ts'
import { probes } from './probes/index.ts'
import type { SourceFile } from './source-file.ts'

/** Which functions are instrumented: all, or those that makers hold. */
export interface Selection {
  /** Whether probes are inserted in the function, which may be a class's initialisers too. */
  includes(fn: Node, outer: Scope): boolean
  /** Whether timers are wrapped outside of instrumented functions. */
  readonly timersEverywhere: boolean
}

const table = new Map<ProbeTarget, Probe[]>()
for (const probe of probes) {
  for (const target of probe.targets) table.set(target, [...(table.get(target) ?? []), probe])
}

/** Walks the code that runs, with what is known about each place, and asks the probes. */
export class Walker {
  readonly #file: SourceFile
  readonly #selection: Selection
  readonly #ancestors: Ancestor[] = []

  constructor(file: SourceFile, selection: Selection) {
    this.#file = file
    this.#selection = selection
  }

  /** Walks the whole file. */
  walk(program: Program): void {
    const timers = this.#selection.timersEverywhere
    const top: Scope = {
      active: false,
      timers,
      async: false,
      long: false,
      activation: undefined,
      name: '',
      fn: undefined,
    }
    this.#children(program, top)
  }

  #children(node: Node, scope: Scope): void {
    this.#ancestors.push({ node, key: '' })
    eachChild(node, (child, key) => this.#node(child, key, scope))
    this.#ancestors.pop()
  }

  #node(node: Node, key: string, scope: Scope): void {
    const parent = this.#ancestors.at(-1)!.node
    if (this.#leftOut(node)) return
    const visit: Visit = { file: this.#file, scope, parent, key }
    const role = roleOf(node, parent, key)
    if (role !== undefined) this.#ask('enter', role, node, visit)
    this.#ask('enter', node.type, node, visit)
    this.#inside(node, scope)
    this.#ask('leave', node.type, node, visit)
    if (role !== undefined) this.#ask('leave', role, node, visit)
  }

  #inside(node: Node, scope: Scope): void {
    if (isFunction(node)) this.#function(node, scope)
    else if (isClass(node)) this.#class(node, scope)
    else this.#children(node, scope)
  }

  #leftOut(node: Node): boolean {
    if (!this.#file.isIgnored(node) || !canBeIgnored(node)) return false
    this.#file.ignoredCount++
    return true
  }

  #ask(when: 'enter' | 'leave', target: ProbeTarget, node: Node, visit: Visit): void {
    const asked = table.get(target)
    if (asked === undefined) return
    if (when === 'enter') for (const probe of asked) probe.enter?.(node, visit)
    else for (let index = asked.length - 1; index >= 0; index--) asked[index]!.leave?.(node, visit)
  }

  /** Parameters are evaluated before the body: they see the activation of the function around. */
  #function(fn: FunctionNode, outer: Scope): void {
    const { name: enclosing, activation } = outer
    const name = functionName(fn, this.#ancestors, this.#file.source, enclosing)
    const active = this.#selection.includes(fn, outer)
    const timers = active || this.#selection.timersEverywhere
    const around: Scope = { active, timers, async: false, long: false, activation, name, fn: undefined }
    const own = fn.async && active ? `${this.#file.prefix}F` : activation
    const within: Scope = {
      ...around,
      async: fn.async && active,
      long: isLong(fn, this.#file.source),
      activation: own,
      fn,
    }
    const visit: Visit = {
      file: this.#file,
      scope: within,
      parent: this.#ancestors.at(-1)!.node,
      key: 'body',
    }
    const body = fn.body!
    this.#ancestors.push({ node: fn, key: '' })
    for (const parameter of fn.params) this.#node(parameter, 'params', around)
    if (active) this.#ask('enter', 'body', fn, visit)
    this.#node(body, 'body', within)
    if (active) this.#ask('leave', 'body', fn, visit)
    this.#ancestors.pop()
  }

  #class(node: Class, scope: Scope): void {
    this.#ancestors.push({ node, key: '' })
    for (const decorator of node.decorators ?? []) this.#node(decorator, 'decorators', scope)
    if (node.superClass) this.#node(node.superClass, 'superClass', scope)
    this.#ancestors.push({ node: node.body, key: 'body' })
    for (const member of node.body.body) {
      if (!this.#leftOut(member)) this.#member(member, scope)
    }
    this.#ancestors.pop()
    this.#ancestors.pop()
  }

  /** Names are computed where the class is; initialisers run on their own, synchronously. */
  #member(member: Node, scope: Scope): void {
    if (member.type === 'StaticBlock') {
      this.#children(member, this.#initialiser(member, scope, true))
      return
    }
    if (member.type.startsWith('TS') || ('declare' in member && member.declare)) return
    const isField = member.type === 'PropertyDefinition' || member.type === 'AccessorProperty'
    const inner = isField ? this.#initialiser(member, scope, member.static) : scope
    const visit: Visit = { file: this.#file, scope: inner, parent: this.#ancestors.at(-1)!.node, key: 'body' }
    this.#ask('enter', member.type, member, visit)
    this.#ancestors.push({ node: member, key: '' })
    eachChild(member, (child, key) => this.#node(child, key, key === 'value' ? inner : scope))
    this.#ancestors.pop()
    this.#ask('leave', member.type, member, visit)
  }

  #initialiser(member: Node, scope: Scope, isStatic: boolean): Scope {
    const active = isStatic ? scope.active : this.#selection.includes(member, scope)
    const name = memberName(member, this.#ancestors, this.#file.source)
    const timers = active || this.#selection.timersEverywhere
    return { active, timers, async: false, long: false, activation: scope.activation, name, fn: undefined }
  }
}

/**
 * Lines of a function above which it counts as long. V8 does not optimise functions beyond a certain size, and each
 * place where one may be held adds to it: held at every line, 800 plain lines run nine times slower.
 */
const longFunction = 100

function isLong(fn: FunctionNode, source: string): boolean {
  let lines = 0
  for (let at = fn.start; at >= 0 && at < fn.end; lines++) at = source.indexOf('\n', at + 1)
  return lines > longFunction
}

const expressionsToIgnore = new Set([
  'Property',
  'ArrowFunctionExpression',
  'FunctionExpression',
  'ClassExpression',
])

/** A comment leaves out statements, functions, classes and members. */
function canBeIgnored(node: Node): boolean {
  if (expressionsToIgnore.has(node.type)) return true
  return /(?:Statement|Declaration|Definition|AccessorProperty|StaticBlock)$/.test(node.type)
}

function roleOf(node: Node, parent: Node, key: string): 'listed' | 'unbraced' | undefined {
  if (isBranch(parent, key)) {
    return node.type === 'BlockStatement' || isSilent(node) ? undefined : 'unbraced'
  }
  if (statementsOf(parent) === undefined || key === 'test' || isWrapper(node)) return undefined
  return 'listed'
}
