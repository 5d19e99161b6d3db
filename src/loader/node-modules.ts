import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { LoadedCode, WorkerModules } from '../model/worker-modules.ts'
import { ModuleGraph } from './module-graph.ts'

/** What is under way while a job's `load` runs. */
interface Loading {
  readonly generation: number
  readonly entries: Set<string>
}

const MARK = 'faultline-worker='
const QUERY = new RegExp(`[?&]${MARK}(\\d+)$`)
const cache = createRequire(import.meta.url).cache as Record<string, NodeJS.Module | undefined>

/** The address of a module without which worker's it is. */
export function plainUrl(url: string): string {
  return url.includes(MARK) ? url.replace(QUERY, '') : url
}

/**
 * Module memory under Node's own hooks. The first worker has the modules as they are. For each later one that needs
 * it, a generation begins: ES modules get a query that tells it, and inherit it from who imports them; CommonJS
 * modules are taken out of `require.cache`. Node never frees an ES module, so that generations are for modules that
 * hold state, and for those that import them.
 */
export class NodeModules implements WorkerModules {
  readonly #isOwnCode: (file: string) => boolean
  readonly #importers = new Map<string, Set<string>>()
  readonly #stateless = new Set<string>()
  /** ES modules that CommonJS requires: Node has one instance of each, whatever is taken out of its cache. */
  readonly #required = new Set<string>()
  readonly #esModules = new Set<string>()
  readonly #loading = new AsyncLocalStorage<Loading>()
  readonly #memories = new Map<string, Map<string, NodeJS.Module>>()
  readonly #generations = new Map<string, number>()
  #graph: ModuleGraph | undefined
  #renewed: ReadonlySet<string> = new Set()
  #keeps: (file: string) => boolean = () => false
  #worker: string | undefined
  #newest = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(isOwnCode: (file: string) => boolean) {
    this.#isOwnCode = isOwnCode
  }

  /** What the module hook made of an import: the address of the instance that its importer gets. */
  resolve(url: string, importer: string | undefined): string {
    if (!url.startsWith('file:') || !this.#isOwnCode(fileURLToPath(url))) return url
    const from = importer === undefined ? '' : plainUrl(importer)
    const inherited = Number(QUERY.exec(importer ?? '')?.[1] ?? 0)
    const loading = this.#loading.getStore()
    const isLoad = loading !== undefined && inherited === 0 && this.#graph?.isWorld(from) !== false
    const isKnown = this.#importers.has(url)
    if (isLoad) {
      loading.entries.add(url)
      this.#graph?.loads(url, from)
    }
    const importers = this.#importers.get(url) ?? new Set()
    this.#importers.set(url, importers.add(from))
    const generation = inherited > 0 ? inherited : isLoad ? loading.generation : 0
    if (generation === 0 || this.#graph?.isWorld(url)) return url
    if (this.#keeps(fileURLToPath(url)) || (isKnown && !this.#renewed.has(url))) return url
    return `${url}${url.includes('?') ? '&' : '?'}${MARK}${generation}`
  }

  /** The module hook found that a module holds nothing that a function could change. */
  isStateless(url: string): void {
    this.#stateless.add(plainUrl(url))
  }

  isEsModule(url: string): void {
    this.#esModules.add(plainUrl(url))
  }

  /** CommonJS code requires a module. */
  isRequired(url: string): void {
    this.#required.add(plainUrl(url))
  }

  begin(keeps: (file: string) => boolean): void {
    this.#keeps = keeps
    this.#worker = undefined
    this.#memories.clear()
    this.#generations.clear()
  }

  /** One after the other: CommonJS modules are told apart by time. */
  load(worker: string, load: () => unknown): Promise<LoadedCode> {
    const loaded = this.#last.then(() => this.#load(worker, load))
    this.#last = loaded.catch(() => {})
    return loaded
  }

  async #load(worker: string, load: () => unknown): Promise<LoadedCode> {
    this.#graph ??= new ModuleGraph(this.#importers.keys())
    if (worker !== this.#worker) this.#enter(worker)
    const loading = { generation: this.#generations.get(worker) ?? 0, entries: new Set<string>() }
    const code = await this.#loading.run(loading, async () => load())
    const owned = this.#owned()
    const entries = [...loading.entries]
    // CommonJS asks for a module that it has without a hook: then it counts whether workers own any.
    const own = entries.length === 0 ? owned.size > 0 : entries.some((url) => owned.has(url))
    return { code, own: own && !this.#isStuck(owned, entries) }
  }

  /** Whether what was loaded holds state that Node cannot load anew. */
  #isStuck(owned: ReadonlySet<string>, entries: readonly string[]): boolean {
    const stateful = this.#stateful(owned)
    const holders = new Set(
      [...this.#required].filter((url) => this.#esModules.has(url) && stateful.has(url)),
    )
    for (const url of holders) for (const importer of this.#importers.get(url) ?? []) holders.add(importer)
    return holders.size > 0 && (entries.length === 0 || entries.some((url) => holders.has(url)))
  }

  /** From now on what is loaded is this worker's. */
  #enter(worker: string): void {
    const renewed = this.#stateful(this.#owned())
    const memory = new Map<string, NodeJS.Module>()
    for (const url of renewed) {
      const file = fileURLToPath(url)
      const known = cache[file]
      const mine = this.#memories.get(worker)?.get(url)
      if (known !== undefined) memory.set(url, known)
      if (mine !== undefined) cache[file] = mine
      else delete cache[file]
    }
    if (this.#worker !== undefined) this.#memories.set(this.#worker, memory)
    this.#worker = worker
    if (this.#generations.has(worker)) return
    // Where nothing can have been changed, the instances that are there will do.
    if (renewed.size > 0) {
      this.#renewed = renewed
      this.#newest++
    }
    this.#generations.set(worker, this.#newest)
  }

  #owned(): Set<string> {
    return this.#graph!.owned(
      this.#importers.keys(),
      (url) => this.#importers.get(url)!,
      (url) => this.#keeps(fileURLToPath(url)),
    )
  }

  /** Those that hold state, and whoever imports them. */
  #stateful(owned: ReadonlySet<string>): Set<string> {
    const stateful = new Set<string>()
    const add = (url: string): void => {
      if (!owned.has(url) || stateful.has(url)) return
      stateful.add(url)
      for (const importer of this.#importers.get(url)!) add(importer)
    }
    for (const url of owned) if (!this.#stateless.has(url)) add(url)
    return stateful
  }
}
