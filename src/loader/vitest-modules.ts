import type { LoadedCode, WorkerModules } from '../model/worker-modules.ts'
import { ModuleGraph } from './module-graph.ts'

/** A module in a test worker, as Vite's module runner keeps it: the part that `vi.resetModules` uses, too. */
interface ModuleNode {
  readonly id: string
  readonly file: string
  readonly importers: ReadonlySet<string>
  readonly meta?: object
  promise: unknown
  exports: unknown
  evaluated: boolean
}

/** What Vitest keeps of a test worker, in all its pools. */
export interface VitestWorker {
  readonly filepath?: string
  readonly evaluatedModules?: { readonly idToModuleMap: ReadonlyMap<string, ModuleNode> }
}

type Memory = Pick<ModuleNode, 'promise' | 'exports' | 'evaluated'>

/** The worker of Vitest that this code runs in. */
export function vitestWorker(): VitestWorker | undefined {
  return (globalThis as { __vitest_worker__?: VitestWorker }).__vitest_worker__
}

/**
 * Module memory under Vitest. What workers own is forgotten as `vi.resetModules` does it, and comes back when that
 * worker loads more. Mocks stay as they are: the test made them. Old instances live on in who still runs them, and
 * are collected with the rest.
 */
export class VitestModules implements WorkerModules {
  readonly filepath: string | undefined
  readonly #nodes: ReadonlyMap<string, ModuleNode>
  readonly #isOwnCode: (file: string) => boolean
  readonly #memories = new Map<string, Map<ModuleNode, Memory>>()
  /** Those that brought modules which are the worker's own. */
  readonly #own = new WeakSet<() => unknown>()
  #graph: ModuleGraph | undefined
  #keeps: (file: string) => boolean = () => false
  #worker: string | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor({ filepath, evaluatedModules }: VitestWorker, isOwnCode: (file: string) => boolean) {
    this.filepath = filepath
    this.#nodes = evaluatedModules!.idToModuleMap
    this.#isOwnCode = isOwnCode
  }

  begin(keeps: (file: string) => boolean): void {
    this.#keeps = keeps
    this.#worker = undefined
    this.#memories.clear()
  }

  /** One after the other: what is imported meanwhile is told apart by time. */
  load(worker: string, load: () => unknown): Promise<LoadedCode> {
    const loaded = this.#last.then(() => this.#load(worker, load))
    this.#last = loaded.catch(() => {})
    return loaded
  }

  async #load(worker: string, load: () => unknown): Promise<LoadedCode> {
    this.#graph ??= new ModuleGraph(this.#evaluated())
    const graph = this.#graph
    if (worker !== this.#worker) this.#enter(worker, graph)
    const loaded = new Set(this.#evaluated())
    const before = new Map(this.#candidates(graph).map((node) => [node, new Set(node.importers)]))
    const code = await load()
    const brought = new Set<ModuleNode>()
    for (const node of this.#candidates(graph)) {
      const known = before.get(node)
      if (node.promise !== undefined && !loaded.has(node.id)) brought.add(node)
      for (const importer of node.importers) {
        if (!loaded.has(importer) || known?.has(importer)) continue
        graph.loads(node.id, importer)
        brought.add(node)
      }
    }
    if (this.#isOwn(code, brought, graph)) this.#own.add(load)
    return { code, own: this.#own.has(load) }
  }

  /** From now on the modules in memory are those of this worker. */
  #enter(worker: string, graph: ModuleGraph): void {
    const owned = this.#owned(graph)
    if (this.#worker !== undefined)
      this.#memories.set(
        this.#worker,
        new Map(
          owned.map((node) => {
            const { promise, exports, evaluated } = node
            return [node, { promise, exports, evaluated }]
          }),
        ),
      )
    const memory = this.#memories.get(worker)
    for (const node of owned) Object.assign(node, memory?.get(node) ?? nothing)
    this.#worker = worker
  }

  *#evaluated(): Iterable<string> {
    for (const [id, { promise }] of this.#nodes) if (promise !== undefined) yield id
  }

  #candidates(graph: ModuleGraph): ModuleNode[] {
    return [...this.#nodes.values()].filter((node) => !graph.isWorld(node.id) && this.#isFirstParty(node))
  }

  #isFirstParty({ id, file, meta }: ModuleNode): boolean {
    if (id.startsWith('mock:') || id.startsWith('\0') || meta === undefined || 'externalize' in meta)
      return false
    return this.#isOwnCode(file)
  }

  #owned(graph: ModuleGraph): ModuleNode[] {
    const candidates = this.#candidates(graph)
    const owned = graph.owned(
      candidates.map(({ id }) => id),
      (id) => this.#nodes.get(id)!.importers,
      (id) => this.#keeps(this.#nodes.get(id)!.file),
    )
    return candidates.filter(({ id }) => owned.has(id))
  }

  /** A namespace tells which module it is; for anything else it counts whether anything was brought. */
  #isOwn(code: unknown, brought: ReadonlySet<ModuleNode>, graph: ModuleGraph): boolean {
    const owned = this.#owned(graph)
    for (const node of this.#nodes.values())
      if (node.exports === code && code !== undefined && this.#isFirstParty(node)) return owned.includes(node)
    return owned.some((node) => brought.has(node))
  }
}

const nothing: Memory = { promise: undefined, exports: undefined, evaluated: false }
