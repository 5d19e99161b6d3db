import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Reporter, TestModule, Vitest } from 'vitest/node'
import { environment } from '../model/environment.ts'
import type { SimulationData } from '../model/result.ts'
import { annotationsOf } from '../report/annotations.ts'
import {
  type RaceEntry,
  type ReportFile,
  restoredSimulation,
  serializeReportFile,
} from '../report/file/index.ts'
import { judge } from '../report/gate.ts'
import { htmlReport } from '../report/html/index.ts'
import { renderMarkdown } from '../report/markdown.ts'
import { paintFor } from '../report/paint.ts'
import { renderSummaryLine } from '../report/terminal.ts'
import { number, percent, plural } from '../report/words.ts'
import { type ModuleReports, reportsOf, together } from './collected.ts'
import { checkedReporterOptions, type FaultlineReporterOptions } from './reporter-options.ts'

/**
 * Reporter for Vitest, beside its own: what came of every simulation, on the terminal, as `.faultline/report.json` and
 * `.faultline/report.html`, as annotations on GitHub Actions, and as a summary of the job there.
 *
 * @example
 * ```ts
 * // vitest.config.ts
 * test: { reporters: ['default', ['faultline/vitest/reporter', { minResilience: 100 }]] }
 * ```
 * @throws FaultlineError `FAULTLINE_BAD_OPTION`
 */
export class FaultlineReporter implements Reporter {
  readonly #options: FaultlineReporterOptions
  /** By project and file: in watch mode, only what changed runs again. */
  readonly #modules = new Map<string, ModuleReports>()
  #vitest: Vitest | undefined
  #folder: string | undefined
  #startedMs = 0

  constructor(options: FaultlineReporterOptions = {}) {
    this.#options = checkedReporterOptions(options)
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestRunStart(): void {
    this.#startedMs = Date.now()
    if (this.#folder === undefined) {
      const folder = mkdtempSync(path.join(tmpdir(), 'faultline-reports-'))
      this.#folder = folder
      process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    }
    // Workers are started from now on; they leave their reports there.
    for (const project of this.#vitest!.projects) project.provide('faultlineReports', this.#folder)
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules)
      this.#modules.set(
        `${module.project.name} ${module.moduleId}`,
        reportsOf(module, this.#folder!, this.#startedMs),
      )
    const groups = Map.groupBy(this.#modules.values(), ({ root }) => root)
    const parts = [...groups]
      .map(([root, reports]) => ({ root, file: together(reports.flatMap(({ files }) => files)) }))
      .filter(({ file }) => file.simulations.length + file.races.length > 0)
    if (parts.length === 0) this.#nothing()
    else this.#report(parts)
  }

  #report(parts: readonly { readonly root: string; readonly file: ReportFile }[]): void {
    const simulations = parts.flatMap(({ file }) =>
      file.simulations.map((entry) => restoredSimulation(entry)),
    )
    const races = parts.flatMap(({ file }) => file.races)
    const lines = [...head(simulations, races), ...simulations.map((data) => ` ${renderSummaryLine(data)}`)]
    lines.push(...races.map(raceLine))
    // A replay is a look at one scenario, and not the state of the whole.
    const isReplay = environment().replay !== undefined
    if (!isReplay) for (const { root, file } of parts) lines.push(...this.#write(root, file))
    const verdict = judge({ simulations, races }, this.#options.minResilience ?? 0)
    if (this.#options.minResilience !== undefined && !isReplay && !verdict.passed) {
      lines.push('', ...verdict.lines)
      process.exitCode = 1
    }
    this.#vitest!.logger.log(`\n${lines.join('\n')}\n`)
    this.#tellGithub(parts)
  }

  /** A threshold without anything to hold against it fails, unless only some tests were asked for. */
  #nothing(): void {
    const { minResilience } = this.#options
    const { config, filenamePattern } = this.#vitest as unknown as {
      config: { testNamePattern?: RegExp; watch: boolean }
      filenamePattern?: readonly string[]
    }
    const isPart = config.watch || config.testNamePattern !== undefined || (filenamePattern ?? []).length > 0
    if (minResilience === undefined || isPart) return
    this.#vitest!.logger.error(
      `\n${paintFor().red('✗')} faultline: no simulation ran, and minResilience is ${minResilience} %\n`,
    )
    process.exitCode = 1
  }

  /** Writes the files of one project; what to say of them. */
  #write(root: string, file: ReportFile): string[] {
    const { json = true, html = true, outputDir = '.faultline' } = this.#options
    const folder = path.resolve(root, outputDir)
    if (json || html) mkdirSync(folder, { recursive: true })
    if (json) writeFileSync(path.join(folder, 'report.json'), serializeReportFile(file))
    if (!html) return []
    const page = path.join(folder, 'report.html')
    writeFileSync(page, htmlReport(file))
    return [paintFor().dim(`   report  ${path.relative(process.cwd(), page)}`)]
  }

  #tellGithub(parts: readonly { readonly root: string; readonly file: ReportFile }[]): void {
    const { githubActions, githubStepSummary, githubWorkspace = process.cwd() } = environment()
    for (const { root, file } of parts) {
      const simulations = file.simulations.map((entry) => restoredSimulation(entry))
      const below = path.relative(githubWorkspace, root).replaceAll('\\', '/')
      const prefix = below === '' ? '' : `${below}/`
      const lines = githubActions ? annotationsOf(simulations, prefix, file.races) : []
      if (lines.length > 0) this.#vitest!.logger.log(lines.join('\n'))
      if (githubStepSummary !== undefined)
        appendFileSync(githubStepSummary, renderMarkdown({ simulations, races: file.races }))
    }
  }
}

function head(simulations: readonly SimulationData[], races: readonly RaceEntry[]): string[] {
  const scenarios = simulations.reduce((sum, { summary }) => sum + summary.scenarios, 0)
  const schedules = races.reduce((sum, { summary }) => sum + summary.run, 0)
  const { resilience } = judge({ simulations, races }, 0)
  const counts = [plural(simulations.length, 'simulation'), `${number(scenarios)} scenarios`]
  if (races.length > 0) counts.push(plural(races.length, 'race'), plural(schedules, 'schedule'))
  return [`${paintFor().bold(' Faultline')}  ${counts.join(' · ')} · resilience ${percent(resilience)}`]
}

function raceLine({ name, shard, summary: { run, failed, guarantee } }: RaceEntry): string {
  const paint = paintFor()
  if (shard !== undefined) return paint.dim(` – ${name}  ${guarantee}`)
  const verdict =
    failed === 0
      ? paint.green(`survived ${guarantee}`)
      : paint.red(`${failed} of ${plural(run, 'schedule')} ${failed === 1 ? 'fails' : 'fail'}`)
  return ` ${failed === 0 ? paint.green('✓') : paint.red('✗')} ${name}  ${verdict}`
}
