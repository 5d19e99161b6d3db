import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { vitest } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'

interface Location {
  start: { line: number; column: number }
}

/** A file of coverage-final.json. */
interface FileCoverage {
  path: string
  statementMap: Record<string, Location>
  fnMap: Record<string, { decl: Location }>
  branchMap: Record<string, { type: string; loc: Location }>
  s: Record<string, number>
  f: Record<string, number>
  b: Record<string, number[]>
}

/** What is counted, where it starts, and its hits. */
type Figures = Record<'statements' | 'functions' | 'branches', string[]>

const project = path.join(REPOSITORY, 'fixtures/projects/covered')
const folder = mkdtempSync(path.join(tmpdir(), 'faultline-coverage-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(['v8', 'istanbul'])(
  'coverage figures of %s are the same with and without the plugin',
  async (provider) => {
    const bare = await coverage(provider, '')
    const instrumented = await coverage(provider, '1')
    expect(Object.keys(bare).sort()).toEqual([
      'asynchronous.ts',
      'branches.ts',
      'classes.ts',
      'script.js',
      'untouched.ts',
      'view.tsx',
    ])
    expect(bare['branches.ts']!.statements.filter((line) => !line.endsWith(': 0')).length).toBeGreaterThan(20)
    expect(instrumented).toEqual(bare)
  },
  60_000,
)

async function coverage(provider: string, withFaultline: string): Promise<Record<string, Figures>> {
  const reports = path.join(folder, `${provider}${withFaultline}`)
  const env = { WITH_FAULTLINE: withFaultline, COVERAGE_PROVIDER: provider, COVERAGE_FOLDER: reports }
  const { code, output } = await vitest(['run'], { cwd: project, env })
  expect(code, output).toBe(0)
  const report = JSON.parse(readFileSync(path.join(reports, 'coverage-final.json'), 'utf8')) as Record<
    string,
    FileCoverage
  >
  return Object.fromEntries(Object.values(report).map((file) => [path.basename(file.path), figures(file)]))
}

/**
 * By lines, not columns: Vite's own map of a TypeScript file without the plugin is coarser than the plugin's, so
 * that where on its line a statement starts or ends differs by some characters.
 */
function figures({ statementMap, fnMap, branchMap, s, f, b }: FileCoverage): Figures {
  const listed = (map: object, line: (id: string) => unknown): string[] =>
    Object.keys(map)
      .map((id) => String(line(id)))
      .sort()
  return {
    statements: listed(statementMap, (id) => `${statementMap[id]!.start.line}: ${s[id]}`),
    functions: listed(fnMap, (id) => `${fnMap[id]!.decl.start.line}: ${f[id]}`),
    branches: listed(
      branchMap,
      (id) => `${branchMap[id]!.loc.start.line} ${branchMap[id]!.type}: ${b[id]!.join()}`,
    ),
  }
}
