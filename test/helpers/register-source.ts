/**
 * `node --import …/register-source.ts` is `node --import faultline/register` out of this repository's source:
 * nothing has to be built before.
 */
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { SOURCE_ENTRIES } from './source-alias.ts'

registerHooks({
  resolve(specifier, context, nextResolve) {
    const file = Object.hasOwn(SOURCE_ENTRIES, specifier) ? SOURCE_ENTRIES[specifier] : undefined
    return nextResolve(file === undefined ? specifier : pathToFileURL(file).href, context)
  },
})
await import('../../src/register.ts')
