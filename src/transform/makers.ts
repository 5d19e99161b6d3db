import type { CallExpression, Node, Program } from 'oxc-parser'
import { eachChild, isFunction, unwrap } from './ast.ts'
import { MakerNames, workArgument } from './maker-names.ts'
import type { Selection } from './walk.ts'

/** What is called to keep a function out. */
const outsiders = new Set(['enqueuedBy', 'outside'])
/** Functions of a job's definition that are no work. */
const noWork = new Set(['load', 'backoff'])

/**
 * Selects the functions that are written in calls of Faultline's makers, as the work: in place, or under a name
 * that the argument mentions. What lies in `enqueuedBy` and `outside` stands for something else.
 */
export function makersOnly(program: Program): Selection {
  const { works, outside } = new MakerScan(program)
  return {
    includes: (fn, outer) => works.has(fn) || (outer.active && !outside.has(fn)),
    timersEverywhere: false,
  }
}

/** What a name stands for in a scope; undefined: something that is not known here. */
type Names = Map<string, Node | undefined>

class MakerScan {
  readonly works: Set<Node> = new Set()
  readonly outside: Set<Node> = new Set()
  readonly #makers = new MakerNames()
  readonly #scopes: Names[] = []
  readonly #resolved: Set<Node> = new Set()

  constructor(program: Program) {
    this.#declare(program)
    this.#scan(program)
  }

  #declare(node: Node): void {
    this.#makers.declare(node)
    eachChild(node, (child) => this.#declare(child))
  }

  #scan(node: Node): void {
    const names = namesIn(node)
    if (names !== undefined) this.#scopes.push(names)
    if (node.type === 'CallExpression') this.#call(node)
    eachChild(node, (child) => this.#scan(child))
    if (names !== undefined) this.#scopes.pop()
  }

  #call(node: CallExpression): void {
    const maker = this.#makers.calledBy(node.callee)
    if (maker === undefined) return
    if (outsiders.has(maker)) for (const argument of node.arguments) this.#leaveOut(argument)
    const index = Object.hasOwn(workArgument, maker) ? workArgument[maker]! : -1
    const work = node.arguments[index]
    if (work !== undefined) this.#take(work, maker === 'defineJob')
  }

  /** Takes the functions that an expression holds or names. */
  #take(expression: Node, isDefinition = false): void {
    const node = unwrap(expression)
    if (isFunction(node)) this.works.add(node)
    else if (node.type === 'Identifier') this.#takeNamed(node.name, isDefinition)
    else if (node.type === 'ObjectExpression') this.#takeObject(node, isDefinition)
    else if (node.type === 'CallExpression') this.#takeCall(node)
    else if (node.type !== 'MemberExpression') eachChild(node, (child) => this.#take(child, isDefinition))
  }

  #takeObject(node: Node, isDefinition: boolean): void {
    eachChild(node, (property) => {
      if (property.type !== 'Property') this.#take(property, isDefinition)
      else if (!isDefinition || !noWork.has(keyOf(property.key))) this.#take(property.value)
    })
  }

  /** A function that is wrapped by another call is written in the maker's call, too; payloads are no work. */
  #takeCall(node: CallExpression): void {
    const callee = unwrap(node.callee)
    const maker = this.#makers.calledBy(callee)
    if (maker !== undefined) return
    if (callee.type === 'MemberExpression') {
      if (!callee.computed && callee.property.name === 'with') return
      if (unwrap(callee.object).type === 'CallExpression') this.#take(callee.object)
    }
    for (const argument of node.arguments) this.#take(argument)
  }

  #takeNamed(name: string, isDefinition: boolean): void {
    const scope = this.#scopes.findLast((names) => names.has(name))
    const declared = scope?.get(name)
    if (declared === undefined || this.#resolved.has(declared)) return
    this.#resolved.add(declared)
    this.#take(declared, isDefinition)
    this.#resolved.delete(declared)
  }

  #leaveOut(node: Node): void {
    if (isFunction(node)) this.outside.add(node)
    else eachChild(node, (child) => this.#leaveOut(child))
  }
}

function keyOf(key: Node): string {
  if (key.type === 'Identifier') return key.name
  return key.type === 'Literal' ? String(key.value) : ''
}

/** The functions and constants that a scope declares, and the parameters that hide outer ones. */
function namesIn(node: Node): Names | undefined {
  if (isFunction(node)) {
    const names: Names = new Map()
    for (const parameter of node.params) hide(parameter, names)
    return names
  }
  if (node.type !== 'Program' && node.type !== 'BlockStatement') return undefined
  const names: Names = new Map()
  for (const statement of node.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type === 'FunctionDeclaration' && declaration.id)
      names.set(declaration.id.name, declaration)
    if (declaration?.type !== 'VariableDeclaration') continue
    for (const { id, init } of declaration.declarations) {
      if (id.type === 'Identifier') names.set(id.name, init ?? undefined)
      else hide(id, names)
    }
  }
  return names
}

function hide(pattern: Node, names: Names): void {
  if (pattern.type === 'Identifier') names.set(pattern.name, undefined)
  else eachChild(pattern, (child, key) => key === 'key' || hide(child, names))
}
