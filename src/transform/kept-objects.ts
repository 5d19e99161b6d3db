import type { Node, Program } from 'oxc-parser'
import { eachChild, type FunctionNode, isClass, isFunction, unwrap } from './ast.ts'

const mutators = new Set(
  'set add delete clear push pop shift unshift splice sort reverse fill copyWithin'.split(' '),
)
/** Classes and makers of Node and of well-known packages whose objects remember: listeners, slots, entries. */
const remembering =
  /^(?:EventEmitter|EventTarget|pLimit|pThrottle|PQueue|Bottleneck|Mutex|Semaphore|LRUCache|TTLCache|NodeCache|DataLoader)$/

/** What a module keeps in objects that it makes while it is evaluated. */
export interface KeptObjects {
  /** The variables that hold one. */
  readonly names: ReadonlySet<string>
  /** The functions that work on one: methods of a class, what a maker returns. */
  readonly users: readonly Node[]
}

/**
 * Looks for `const limiter = new Limiter()` and `const limit = limiter(3)`, where the class, or the function, is of the
 * same source and what it makes changes; and for makers of known names. Names are compared, not scopes.
 */
export function keptObjects(program: Program): KeptObjects {
  const makers = makersOf(program)
  const names = new Set<string>()
  const users = new Set<Node>()
  const note = (node: Node): boolean => {
    let found = false
    const visit = (inner: Node): void => {
      if (isFunction(inner)) return
      if (isClass(inner)) {
        for (const member of inner.body.body)
          if (member.type === 'PropertyDefinition' && member.static && member.value !== null)
            visit(member.value)
        return
      }
      const made = madeBy(inner)
      if (made !== undefined) {
        for (const user of makers.get(made) ?? []) users.add(user)
        found ||= makers.has(made) || remembering.test(made)
      }
      eachChild(inner, visit)
    }
    visit(node)
    return found
  }
  const look = (node: Node): void => {
    if (node.type === 'VariableDeclarator' && node.init !== null && node.id.type === 'Identifier') {
      if (note(node.init)) names.add(node.id.name)
    } else if (node.type === 'VariableDeclaration' || node.type === 'ExportNamedDeclaration') {
      eachChild(node, look)
    } else note(node)
  }
  for (const statement of program.body) look(statement)
  return { names, users: [...users] }
}

function madeBy(node: Node): string | undefined {
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return undefined
  const callee = unwrap(node.callee)
  return callee.type === 'Identifier' ? callee.name : undefined
}

/** Classes and functions of the source that make what changes, by name, with the functions that work on it. */
function makersOf(program: Program): Map<string, Node[]> {
  const makers = new Map<string, Node[]>()
  const add = (name: string | undefined, users: Node[]): void => {
    if (name !== undefined && users.length > 0) makers.set(name, users)
  }
  const visit = (node: Node): void => {
    if (isClass(node)) add(node.id?.name, changingMethods(node))
    else if (node.type === 'FunctionDeclaration') add(node.id?.name, changingClosures(node))
    else if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init !== null) {
      const made = unwrap(node.init)
      if (isClass(made)) add(node.id.name, changingMethods(made))
      else if (isFunction(made)) add(node.id.name, changingClosures(made))
    }
    eachChild(node, visit)
  }
  visit(program)
  return makers
}

/** All functions of a class, where one other than its constructor changes what `this` holds. */
function changingMethods(node: Node): Node[] {
  if (!isClass(node)) return []
  const extendsKnown = node.superClass?.type === 'Identifier' && remembering.test(node.superClass.name)
  const functions: Node[] = []
  let changes = extendsKnown
  for (const member of node.body.body) {
    if (!('value' in member) || member.value === null || member.static) continue
    if (member.type === 'MethodDefinition' && member.kind === 'constructor') continue
    if (!isFunction(member.value)) continue
    functions.push(...functionsIn(member.value))
    changes ||= changesSome(member.value, (root) => root.type === 'ThisExpression')
  }
  return changes ? functions : []
}

/** The functions within a function, where they change its variables. */
function changingClosures(fn: FunctionNode): Node[] {
  const [own, inner] = [new Set<string>(), [] as FunctionNode[]]
  const visit = (node: Node): void => {
    if (isFunction(node)) {
      inner.push(node)
      return
    }
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier') own.add(node.id.name)
    eachChild(node, visit)
  }
  if (fn.body === null) return []
  visit(fn.body)
  const isOwn = (root: Node): boolean => root.type === 'Identifier' && own.has(root.name)
  return inner.some((one) => changesSome(one, isOwn)) ? inner.flatMap(functionsIn) : []
}

function functionsIn(fn: Node): Node[] {
  const found: Node[] = []
  const visit = (node: Node): void => {
    if (isFunction(node)) found.push(node)
    eachChild(node, visit)
  }
  visit(fn)
  return found
}

/** Whether code assigns to something of such a root, or changes a collection there. */
function changesSome(node: Node, isRoot: (root: Node) => boolean): boolean {
  let changes = false
  const visit = (inner: Node): void => {
    const target = targetOf(inner)
    if (target !== undefined && isRoot(rootOf(target))) changes = true
    if (!changes) eachChild(inner, visit)
  }
  visit(node)
  return changes
}

function targetOf(node: Node): Node | undefined {
  if (node.type === 'AssignmentExpression') return node.left
  if (node.type === 'UpdateExpression') return node.argument
  if (node.type === 'UnaryExpression' && node.operator === 'delete') return node.argument
  if (node.type !== 'CallExpression') return undefined
  const callee = unwrap(node.callee)
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier')
    return undefined
  // `this.add(x)` is a method of its own, `this.#seen.add(x)` one of what it holds.
  const of = unwrap(callee.object)
  return mutators.has(callee.property.name) && of.type !== 'ThisExpression' ? of : undefined
}

function rootOf(node: Node): Node {
  let inner = unwrap(node)
  while (inner.type === 'MemberExpression') inner = unwrap(inner.object)
  return inner
}
