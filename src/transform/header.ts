import { createHash } from 'node:crypto'
import type { PlaceRow } from '../model/place-row.ts'
import type { HeaderFunction } from './source-file.ts'

/** What the header of a file says. */
export interface HeaderInput {
  readonly prefix: string
  readonly used: ReadonlySet<HeaderFunction>
  readonly file: string
  readonly root: string
  readonly source: string
  readonly table: readonly PlaceRow[]
  /** How many functions and statements comments left out. */
  readonly ignored: number
}

const runtime = 'globalThis[Symbol.for("faultline.runtime")]'

/** Whether a source has its header already: a loader below another one has instrumented it. */
export function isInstrumented(source: string): boolean {
  return source.includes(`r=${runtime}||(${runtime}={`)
}

/**
 * The line that registers the file and defines its probes: old syntax only, and the functions tolerate that
 * nothing is registered yet, since an import cycle can call a hoisted function before its module is evaluated.
 */
export function header(input: HeaderInput): string {
  const { prefix: f, used, file, root, source, table, ignored } = input
  let text = `var ${f}r=${runtime}||(${runtime}={files:{},on:false})`
  if (table.length > 0 || ignored > 0) {
    const hash = createHash('sha256').update(source).digest('hex').slice(0, 12)
    const entry = `${f}r.files[${quote(`${file}@${hash}`)}]`
    const record = `path:${quote(file)},root:${quote(root)},hash:"${hash}",table:${quote(JSON.stringify(table))}${ignored > 0 ? `,ignored:${ignored}` : ''}`
    text += `,${f}f=${entry}||(${entry}={${record},s:new Uint8Array(${table.length})}),${f}s=${f}f.s`
  }
  const functions = (Object.keys(bodies) as HeaderFunction[]).filter((name) => used.has(name))
  return `${text};${functions.map((name) => bodies[name](f)).join('')}`
}

const bodies: Record<HeaderFunction, (f: string) => string> = {
  t: (f) => `function ${f}t(i){ return ${f}s!==undefined&&${f}s[i]!==0}`,
  p: (f) => `function ${f}p(i,F){ return ${f}s!==undefined&&${f}s[i]!==0&&${f}r.point(${f}f,i,F)}`,
  c: (f) => `function ${f}c(i,F,a){ return ${f}r.point(${f}f,i,F,a)}`,
  a: (f) => `function ${f}a(){ return ${on(f)}?${f}r.enter():undefined}`,
  w: (f) => `function ${f}w(i,F,x){ return ${on(f)}?${f}r.awaiting(${f}f,i,F,x):x}`,
  v: (f) => `function ${f}v(i,F,v){ return ${on(f)}?${f}r.awaited(${f}f,i,F,v):v}`,
  b: (f) => `function ${f}b(i,F){ return ${on(f)}&&${f}r.resumed(${f}f,i,F)}`,
  x: (f) => `function ${f}x(i,F,v){ return ${on(f)}?${f}r.returning(${f}f,i,F,v):v}`,
  y: (f) => `function ${f}y(i,F,v){ return ${f}s!==undefined&&${f}s[i]!==0?${f}r.returned(${f}f,i,F,v):v}`,
  j: (f) => `function ${f}j(i,e){ return ${f}r.failed(${f}f,i,e)}`,
  u: (f) => `function ${f}u(F){ if(F!==undefined)${f}r.handling(F)}`,
  k: (f) => `function ${f}k(x){ return ${on(f)}?${f}r.timer(x):x}`,
}

function on(f: string): string {
  return `${f}r!==undefined&&${f}r.on`
}

function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (char) =>
    char === '\u2028' ? '\\u2028' : '\\u2029',
  )
}
