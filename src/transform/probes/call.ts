import type { FunctionBody, Node } from 'oxc-parser'
import type { FunctionNode } from '../ast.ts'
import { startOf } from '../ast.ts'
import { canFail } from '../can-fail.ts'
import { nextPlaced } from '../merge.ts'
import type { PlaceDraft, PlaceName } from '../places.ts'
import type { Probe, Visit } from '../probe.ts'
import { argumentsOf } from './arguments.ts'
import { placeAndActivation } from './text.ts'
import { openThrough, returnedOf } from './through.ts'

/** On entry to a function, which for an async one makes its activation; the first statement is the same place. */
export const call: Probe = {
  targets: ['body'],
  enter(node, visit) {
    const fn = node as FunctionNode
    const body = fn.body!
    const probe = callProbe(callPlace(fn, visit), fn, visit)
    const first = body.type === 'BlockStatement' ? firstOf(body) : body
    const value = first && !visit.file.isIgnored(first) ? returnedOf(first, fn, visit) : undefined
    const text = [
      ...activation(fn, visit),
      ...(value === undefined ? probe : openThrough(value, visit.file.before(first!), probe, visit)),
    ]
    if (body.type === 'BlockStatement') {
      const { offset, separator } = bodyStart(body, visit.file.source)
      visit.file.edits.insert(offset, separator, ...text)
    } else {
      const offset = visit.file.before(body)
      visit.file.edits.open(offset, body.start, '{')
      visit.file.edits.insert(offset, ...text)
    }
  },
  leave(node, visit) {
    const body = (node as FunctionNode).body!
    if (body.type !== 'BlockStatement') visit.file.edits.close(body.end, '}')
  },
}

function activation(fn: FunctionNode, { file, scope }: Visit): string[] {
  return fn.async ? [`const ${scope.activation}=${file.use('a')}();`] : []
}

function callPlace(fn: FunctionNode, { file, scope, parent }: Visit): PlaceDraft {
  const body = fn.body!
  const called = { kind: 'c', offset: isMethod(parent) ? startOf(parent) : fn.start } as const
  if (body.type !== 'BlockStatement')
    return file.place(scope, { ...called, canFail: canFail(body, file.settlers) })
  const first = nextPlaced(file, body.body, 0)
  if (first === undefined || first === 'end') return file.place(scope, { ...called, canFail: false })
  file.taken.add(first)
  const line: PlaceName = { kind: 'l', offset: startOf(first), canFail: canFail(first, file.settlers) }
  return file.place(scope, line, { ...called, canFail: false })
}

function isMethod(node: Node): boolean {
  return (
    node.type === 'MethodDefinition' || (node.type === 'Property' && (node.method || node.kind !== 'init'))
  )
}

function callProbe(place: PlaceDraft, fn: FunctionNode, visit: Visit): (string | PlaceDraft)[] {
  const { file, scope } = visit
  const args = `,[${argumentsOf(fn, file.source)}])`
  const called = [`${file.use('c')}(`, ...placeAndActivation(place, visit, true), args]
  const armed = [`if(${file.use('t')}(`, place, ')']
  if (!scope.async) return [...armed, ')', ...called, ';']
  return [...armed, '&&', ...called, `)await ${scope.activation}.w;`]
}

function firstOf({ body }: FunctionBody): Node | undefined {
  return body.find((node) => !('directive' in node && node.directive != null))
}

/** After the directives; the last one may lack its semicolon. */
function bodyStart(body: FunctionBody, source: string): { offset: number; separator: string } {
  const directive = body.body.filter((node) => 'directive' in node && node.directive != null).at(-1)
  if (directive === undefined) return { offset: body.start + 1, separator: '' }
  return { offset: directive.end, separator: source[directive.end - 1] === ';' ? '' : ';' }
}
