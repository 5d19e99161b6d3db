import type { Node } from 'oxc-parser'
import { unwrap } from './ast.ts'

/** Which argument of a maker is the work; an options object never is. */
export const workArgument: Readonly<Record<string, number>> = {
  defineJob: 0,
  once: 0,
  trace: 0,
  runScenario: 0,
  simulate: 0,
  runSimulation: 0,
  defineSimulation: 1,
  testSimulation: 1,
  runRace: 0,
  exploreRaces: 0,
  runRaces: 0,
  testRaces: 1,
}

const variants = new Set(['only', 'skip', 'todo'])
const specifier = /^faultline(?:\/|$)/

/** The local names by which a file reaches Faultline. */
export class MakerNames {
  readonly #locals: Map<string, string> = new Map()
  readonly #namespaces: Set<string> = new Set()

  /** Takes the names of an import declaration, or of a variable that is given a module. */
  declare(node: Node): void {
    if (node.type === 'ImportDeclaration') {
      if (!specifier.test(node.source.value)) return
      for (const binding of node.specifiers) {
        if (binding.type !== 'ImportSpecifier') this.#namespaces.add(binding.local.name)
        else this.#locals.set(binding.local.name, nameOf(binding.imported))
      }
    } else if (node.type === 'VariableDeclarator' && node.init) {
      this.#bind(node.id, unwrap(node.init))
    }
  }

  /** The exported name of what is called: `defineJob` for `f.defineJob`, `testSimulation` for `….only`. */
  calledBy(callee: Node): string | undefined {
    const called = unwrap(callee)
    if (called.type === 'Identifier') return this.#locals.get(called.name)
    if (called.type !== 'MemberExpression' || called.computed) return undefined
    const { name } = called.property
    if (variants.has(name)) return this.calledBy(called.object)
    return this.#isModule(unwrap(called.object)) ? name : undefined
  }

  #bind(id: Node, init: Node): void {
    if (init.type === 'MemberExpression' && !init.computed && this.#isModule(unwrap(init.object))) {
      if (id.type === 'Identifier') this.#locals.set(id.name, init.property.name)
    }
    if (!this.#isModule(init)) return
    if (id.type === 'Identifier') this.#namespaces.add(id.name)
    if (id.type !== 'ObjectPattern') return
    for (const property of id.properties) {
      if (property.type !== 'Property' || property.value.type !== 'Identifier') continue
      this.#locals.set(property.value.name, nameOf(property.key))
    }
  }

  #isModule(node: Node): boolean {
    if (node.type === 'Identifier') return this.#namespaces.has(node.name)
    if (node.type === 'AwaitExpression') return this.#isModule(unwrap(node.argument))
    if (node.type === 'ImportExpression') return isSpecifier(node.source)
    if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier') return false
    return node.callee.name === 'require' && isSpecifier(node.arguments[0])
  }
}

function isSpecifier(node: Node | undefined): boolean {
  return node?.type === 'Literal' && typeof node.value === 'string' && specifier.test(node.value)
}

function nameOf(node: Node): string {
  if (node.type === 'Identifier') return node.name
  return node.type === 'Literal' ? String(node.value) : ''
}
