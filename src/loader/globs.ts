import path from 'node:path'
import picomatch from 'picomatch'

/** Whether an absolute file (with `/`) is one of those that some globs name. */
export type Matcher = (file: string) => boolean

/**
 * Globs relative to `root`, or absolute. A plain folder means everything in it, `../` leads out of the root, and
 * `node_modules/x` also matches where a package manager has put `x` elsewhere (a store, a parent folder).
 */
export function matcher(globs: readonly string[], root: string): Matcher {
  const each = globs.map((glob) => one(glob, root))
  return (file) => each.some((matches) => matches(file))
}

function one(glob: string, root: string): Matcher {
  const plain = glob.replace(/^\.\//, '').replace(/\/$/, '')
  if (path.isAbsolute(plain)) return picomatch([plain, `${plain}/**`], { dot: true })
  const up = /^(?:\.\.\/)+/.exec(plain)?.[0] ?? ''
  const base = slashed(path.resolve(root, up))
  const rest = plain.slice(up.length)
  const matches = picomatch([rest, `${rest}/**`], { dot: true })
  const installed = rest.startsWith('node_modules/')
  return (file) => {
    const relative = within(file, base)
    if (relative !== undefined && matches(relative)) return true
    const at = installed ? file.lastIndexOf('/node_modules/') : -1
    return at !== -1 && matches(file.slice(at + 1))
  }
}

/** The file relative to the folder, or `undefined` where it lies outside. */
export function within(file: string, folder: string): string | undefined {
  const prefix = folder.endsWith('/') ? folder : `${folder}/`
  return file.startsWith(prefix) ? file.slice(prefix.length) : undefined
}

/** The path with `/`, also on Windows. */
export function slashed(file: string): string {
  return path.sep === '/' ? file : file.replaceAll(path.sep, '/')
}
