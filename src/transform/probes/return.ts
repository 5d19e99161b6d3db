import type { Node } from 'oxc-parser'
import type { FunctionNode } from '../ast.ts'
import type { Bypass } from '../bypass.ts'
import { canFail } from '../can-fail.ts'
import { wholeAwait } from '../merge.ts'
import type { PlaceDraft, PlaceName } from '../places.ts'
import type { Probe, Visit } from '../probe.ts'
import { awaitName } from './await.ts'
import { placeAndActivation } from './text.ts'
import { closeThrough } from './through.ts'

/** The value is computed, and the caller has not got it. */
export const returns: Probe = {
  targets: ['ReturnStatement'],
  enter(node, visit) {
    const { scope, file } = visit
    if (!scope.active || node.type !== 'ReturnStatement') return
    const { argument } = node
    if (argument == null) {
      const place = file.place(scope, { kind: 'r', offset: node.start, canFail: false })
      const after = node.start + 'return'.length
      file.edits.close(after, ` ${returnProbe(visit)}(`, ...placeAndActivation(place, visit, false), ')')
      return
    }
    if (isReturnedAwait(argument, node.start, visit)) return
    const place = returnPlace(argument, node.start, visit, file.bypasses.get(node))
    closeThrough(argument, place, visit)
    openReturn(argument, returnedAt(node.start, argument, visit), place, visit)
  },
  leave(node, { scope, file }) {
    if (!scope.active || node.type !== 'ReturnStatement' || node.argument == null) return
    if (!scope.async || wholeAwait(node.argument) === undefined) file.edits.close(node.argument.end, '))')
  },
}

/** An arrow without a body of statements gets one. */
export const arrowReturn: Probe = {
  targets: ['body'],
  enter(node, visit) {
    const body = (node as FunctionNode).body!
    if (body.type === 'BlockStatement') return
    const start = visit.file.before(body)
    const { edits } = visit.file
    if (isReturnedAwait(body, body.start, visit)) {
      edits.open(start, body.start, 'return (')
      return
    }
    const place = returnPlace(body, body.start, visit)
    closeThrough(body, place, visit)
    edits.open(start, body.start, 'return ')
    openReturn(body, start, place, visit)
  },
  leave(node, { file, scope }) {
    const body = (node as FunctionNode).body!
    if (body.type === 'BlockStatement') return
    file.edits.close(body.end, scope.async && wholeAwait(body) !== undefined ? ')' : '))')
  },
}

/** Nothing is executed between the end of the await and the return. */
function isReturnedAwait(value: Node, offset: number, { scope, file }: Visit): boolean {
  const awaited = scope.async ? wholeAwait(value) : undefined
  if (awaited === undefined) return false
  const guarded = (file.openTries.get(scope.fn) ?? 0) > 0
  const name: PlaceName = { kind: 'r', offset, canFail: true, guarded }
  file.awaits.set(awaited, file.place(scope, awaitName(awaited), name))
  return true
}

function returnPlace(value: Node, offset: number, { file, scope }: Visit, passes?: Bypass): PlaceDraft {
  return file.place(scope, {
    kind: 'r',
    offset,
    canFail: canFail(value, file.settlers),
    ...(passes !== undefined && scope.fn?.async && { passes }),
  })
}

function openReturn(value: Node, at: number, place: PlaceDraft, visit: Visit): void {
  const { file } = visit
  file.edits.open(
    at,
    value.start,
    `${file.spaceAt(at)}${returnProbe(visit)}(`,
    ...placeAndActivation(place, visit, true),
    ',(',
  )
}

/** Right before the value, unless a comment stands there that speaks about it. */
function returnedAt(start: number, argument: Node, { file }: Visit): number {
  const between = file.source.slice(start + 'return'.length, argument.start)
  return between.trim() === '' ? argument.start : start + 'return'.length
}

/** The end of an async function and that of any other. */
export function returnProbe({ file, scope }: Visit): string {
  return file.use(scope.fn?.async ? 'x' : 'y')
}
