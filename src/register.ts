/**
 * `node --import faultline/register …` instruments what Node loads: ES modules, CommonJS, TypeScript (enums,
 * parameter properties and decorators too), TSX and JSX. For `node:test`, Mocha and scripts.
 *
 * Options stand under `"faultline"` in the nearest package.json: `{ "include": [], "exclude": [] }`.
 *
 * @example
 * ```sh
 * node --import faultline/register --test
 * ```
 * @module
 */
import { requireNode } from './loader/node-version.ts'

requireNode()
// Only now: older versions of Node cannot even link the rest.
const { register } = await import('./loader/node.ts')
register()
const { takeArming } = await import('./model/environment.ts')
const arming = takeArming()
if (arming !== undefined) (await import('./runtime/armed-worker/index.ts')).armWorker(arming)
