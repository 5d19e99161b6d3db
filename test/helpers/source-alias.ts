import path from 'node:path'

/** The root of this repository. */
export const REPOSITORY: string = path.resolve(import.meta.dirname, '../..')

const { exports } = (await import('../../package.json', { with: { type: 'json' } })).default

/** Each subpath of the package, such as `faultline/vite`, and the source file of its entry. */
export const SOURCE_ENTRIES: Record<string, string> = Object.fromEntries(
  Object.entries(exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([subpath, target]) => {
      const entry = (target as { default: string }).default.replace(/^\.\/dist\/(.*)\.js$/, 'src/$1.ts')
      return [path.posix.join('faultline', subpath), path.join(REPOSITORY, entry)]
    }),
)

/** Vite's `resolve.alias` that makes tests import the package from its source. */
export const sourceAlias: { find: RegExp; replacement: string }[] = Object.entries(SOURCE_ENTRIES).map(
  ([name, file]) => ({ find: new RegExp(`^${name}$`), replacement: file }),
)
