import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import {
  mergeReportFiles,
  parseReportFile,
  type ReportFile,
  restoredSimulation,
  serializeReportFile,
} from '../../src/report/file/index.ts'
import { judge } from '../../src/report/gate.ts'
import { type Finished, nodeTool } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'
import { steady } from '../helpers/steady.ts'
import { type SuiteProject, suiteProject } from '../helpers/suite-project.ts'
import { vitestFolder } from '../helpers/vitest-versions.ts'

/** `Tests  1 failed | 3 passed (4)` in numbers. */
function counts(output: string): Record<string, number> {
  const line = /^ +Tests +(.*) \((\d+)\)$/m.exec(output)
  const parts = (line?.[1] ?? '').split(' | ').map((part) => part.split(' '))
  return {
    ...Object.fromEntries(parts.map(([count, word]) => [word, Number(count)])),
    all: Number(line?.[2]),
  }
}

/** The order of the outputs of test files is the machine's. */
const plain = (output: string): string =>
  steady(output)
    .replaceAll(/(?<=\) )\d+ms$/gm, '<time>')
    .replace(/\n+ +Isolate .*(?:\n {6,}.*)*\n*/, '\n')

describe.each([5, 4] as const)('under Vitest %i', { timeout: 120_000 }, (major) => {
  let project: SuiteProject
  beforeAll(async () => {
    project = await suiteProject(`suite-${major}`, major)
  }, 300_000)

  test('a simulation is a test, whose failure lists every finding', async () => {
    const { code, stdout, stderr } = await project.vitest(['run', 'whole'])
    expect(code).toBe(1)
    await expect(plain(`${stdout}${stderr}`)).toMatchFileSnapshot(`suite/whole-${major}.txt`)
  })

  test('each scenario is a test, at the lines of the user', async () => {
    const { code, stdout, stderr } = await project.vitest(['run', 'each', '--reporter=verbose'])
    expect(code).toBe(1)
    await expect(plain(`${stdout}${stderr}`)).toMatchFileSnapshot(`suite/each-${major}.txt`)
  })

  test('what is wrong already is one failing test, and nothing else', async () => {
    const { code, stdout, stderr } = await project.vitest(['run', 'wrong'])
    expect(code).toBe(1)
    await expect(plain(`${stdout}${stderr}`)).toMatchFileSnapshot(`suite/wrong-${major}.txt`)
  })

  test('races are a test', async () => {
    const { code, stdout, stderr } = await project.vitest(['run', 'races'], { REPORTER: '{}' })
    expect(code).toBe(1)
    await expect(plain(`${stdout}${stderr}`)).toMatchFileSnapshot(`suite/races-${major}.txt`)
    const { races, sources } = JSON.parse(
      readFileSync(path.join(project.folder, '.faultline/report.json'), 'utf8'),
    )
    expect(
      races.map(({ name, summary }: { name: string; summary: object }) => [name, summary]),
    ).toMatchObject([
      ['charge', { failed: 2 }],
      ['charge once', { failed: 0, exhaustive: true }],
    ])
    expect(races[0].failures[0].steps).toContainEqual({
      racer: 0,
      file: 'src/charge.ts',
      line: 6,
      text: 'await bank.charge(orderId)',
    })
    expect(Object.keys(sources)).toContain('src/charge.ts')
  })

  test('-t runs the scenarios that it names, and no others', async () => {
    const two = await project.vitest(['run', 'each', '-t', 'src/charge.ts:6 · crash'])
    expect(counts(two.output)).toEqual({ failed: 1, passed: 1, skipped: 26, all: 28 })
    const once = await project.vitest(['run', 'each', '-t', '^charge once .* · crash'])
    expect([once.code, counts(once.output)]).toEqual([0, { passed: 7, skipped: 21, all: 28 }])
  })

  test('only, skip and todo', async () => {
    const { code, output } = await project.vitest(['run', 'modes', '--reporter=verbose', '--allowOnly'])
    expect([code, counts(output)]).toEqual([0, { passed: 9, skipped: 3, todo: 1, all: 13 }])
    const ran = [...output.matchAll(/✓ test\/modes\.test\.ts > (only \w+)/g)].map(([, name]) => name)
    expect([...new Set(ran)]).toEqual(['only this', 'only these'])
    for (const name of ['left out', 'skipped', 'skipped scenarios', 'to be done'])
      expect(output).toMatch(new RegExp(`[↓□-] test/modes\\.test\\.ts > ${name}`))
  })

  test('hooks, concurrent suites, doubles and fake timers', async () => {
    const { code, output } = await project.vitest(['run', 'hooks', 'concurrent', 'doubles'])
    expect(code, output).toBe(0)
    expect(counts(output)).toEqual({ passed: 36, all: 36 })
  })

  test('expect.soft fails the scenario in which it failed', async () => {
    const { code, stdout, stderr } = await project.vitest(['run', 'soft'], { REPORTER: '{}' })
    expect([code, counts(stdout)]).toEqual([1, { failed: 2, passed: 1, all: 3 }])
    expect(stdout).toContain('✗ charge  2 of 13 scenarios fail')
    expect(stdout).toContain('✓ charge once  survived all 13 scenarios')
    expect(stdout).toContain('✗ charge twice  2 of ')
    expect(stderr).toContain('✗ 1  charges: expected [ 7, 7 ] to have a length of 1 but got 2')
    expect(stderr).toContain('all of them: expected [ 7, 7 ] to deeply equal [ 7 ]')
    expect(stderr).toContain('thrown at test/soft.test.ts:8')
    expect(stderr.match(/^AssertionError/gm)).toBeNull()
  })

  test('a retry never turns a failed scenario green', async () => {
    const { code, output } = await project.vitest(['run', 'retry', '--retry=3'])
    expect([code, counts(output)]).toEqual([1, { failed: 1, all: 1 }])
  })

  test.each(['threads', 'forks', 'vmThreads', 'vmForks'])('in the pool %s', async (pool) => {
    const args = ['run', 'whole', 'each', `--pool=${pool}`]
    const { code, output } = await project.vitest(args, { REPORTER: '{}' })
    expect([code, counts(output)]).toEqual([1, { failed: 3, passed: 27, all: 30 }])
    expect(output).toContain(' Faultline  4 simulations · 52 scenarios · resilience 92.3 %')
    const { simulations } = JSON.parse(
      readFileSync(path.join(project.folder, '.faultline/report.json'), 'utf8'),
    )
    expect(
      simulations
        .map((one: { testFile: string; name: string; summary: { failed: number; scenarios: number } }) =>
          [one.testFile, one.name, one.summary.failed, one.summary.scenarios].join(' '),
        )
        .sort(),
    ).toEqual([
      'test/each.test.ts charge 2 13',
      'test/each.test.ts charge once 0 13',
      'test/whole.test.ts charge 2 13',
      'test/whole.test.ts charge once 0 13',
    ])
  })
})

describe.each([5, 4] as const)('the reporter under Vitest %i', { timeout: 120_000 }, (major) => {
  let project: SuiteProject
  beforeAll(async () => {
    project = await suiteProject(`suite-reporter-${major}`, major)
  }, 300_000)
  const read = (name: string): string => readFileSync(path.join(project.folder, name), 'utf8')
  const timeless = (file: ReportFile): unknown =>
    JSON.parse(serializeReportFile(file).replaceAll(/"durationMs": [\d.]+/g, '"durationMs": 0'))

  test('annotates failing lines on GitHub Actions, and sums the job up', async () => {
    const env = {
      REPORTER: '{}',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: path.dirname(project.folder),
      GITHUB_STEP_SUMMARY: path.join(project.folder, 'summary.md'),
    }
    const { code, stdout } = await project.vitest(['run', 'whole'], env)
    expect(code).toBe(1)
    expect(stdout).toContain(
      `::error file=suite-reporter-${major}/src/charge.ts,line=6,title=Faultline%3A charge::expected [ 7, 7 ] to deeply equal [ 7 ] (error, crash; 2 scenarios)`,
    )
    const summary = read('summary.md')
    expect(summary).toContain('| ❌ | charge | 13 | 84.6 % | 2 of 13 scenarios fail |')
    expect(summary).toContain('| ✅ | charge once | 13 | 100 % | survived all 13 scenarios |')
    expect(summary).toContain('| <code>src/charge.ts:6</code> | error, crash (2 scenarios) |')
  })

  test('what could not be run is in every report, with the reason, and fails the gate', async () => {
    const env = {
      REPORTER: '{"minResilience":0}',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: project.folder,
      GITHUB_STEP_SUMMARY: path.join(project.folder, 'not-run.md'),
    }
    const { code, stdout } = await project.vitest(['run', 'set-up', 'unloadable'], env)
    expect(code).toBe(1)
    const told = plain(stdout).slice(plain(stdout).indexOf(' Faultline  '))
    await expect(`${told}${read('not-run.md')}`).toMatchFileSnapshot('suite/set-up.txt')
    const { simulations, races } = parseReportFile(read('.faultline/report.json'), 'report.json')
    const notRun = simulations.filter(({ causes }) => causes.some(({ reason }) => reason === 'not-run'))
    expect(notRun.map(({ name, testFile }) => [name, testFile])).toEqual([
      ...['third setup', 'setup', 'setup of a race', 'behind beforeAll', 'behind beforeEach'].map((name) => [
        name,
        'test/set-up.test.ts',
      ]),
      ['race behind beforeEach', 'test/set-up.test.ts'],
      ['test/unloadable.test.ts', 'test/unloadable.test.ts'],
    ])
    expect(races).toEqual([])
    const verdict = judge({ simulations: simulations.map(restoredSimulation), races }, 0)
    expect(verdict.passed).toBe(false)
    expect(verdict.lines[0]).toContain('; 7 could not be run; the minimum is 0 %')
  })

  test('a worker that dies is a failure of its simulations', async () => {
    const { code } = await project.vitest(['run', 'dies'], { REPORTER: '{}' })
    expect(code).toBe(1)
    const { simulations } = parseReportFile(read('.faultline/report.json'), 'report.json')
    expect(simulations.map(({ name, causes }) => [name, causes[0]!.message])).toEqual([
      ['dies', 'Its test did not end: its worker died, or the run was cancelled.'],
    ])
  })

  test('a replay leaves the report alone', async () => {
    await project.vitest(['run', 'whole'], { REPORTER: '{}' })
    const before = read('.faultline/report.json')
    const { simulations } = parseReportFile(before, 'report.json')
    const { replay } = simulations[0]!.scenarios.find(({ outcome }) => outcome === 'failed')!
    const { code, stdout } = await project.vitest(['run', 'whole'], {
      REPORTER: '{"minResilience":100}',
      FAULTLINE_REPLAY: replay,
    })
    expect([code, stdout]).toEqual([1, expect.stringContaining(' ✗ charge  1 of 1 scenario fails')])
    expect(stdout).not.toContain('the minimum is')
    expect(read('.faultline/report.json')).toBe(before)
  })

  test('a threshold names the lines to blame, and fails a run without a simulation', async () => {
    const reached = await project.vitest(['run', 'whole', '-t', 'charge once'], {
      REPORTER: '{"minResilience":100}',
    })
    expect(reached.code, reached.output).toBe(0)
    const below = await project.vitest(['run', 'whole'], { REPORTER: '{"minResilience":100}' })
    expect(below.stdout).toContain(
      '✗ 92.3 % of 26 scenarios survived; the minimum is 100 %\n  src/charge.ts:6  charge · error, crash · 2 scenarios  ',
    )
    const none = await project.vitest(['run'], { REPORTER: '{"minResilience":100}', ONLY: 'plain' })
    expect(none.code).toBe(1)
    expect(none.stderr).toContain('✗ faultline: no simulation ran, and minResilience is 100 %')
    const wrong = await project.vitest(['run', 'whole'], { REPORTER: '{"minResilence":100}' })
    expect(wrong.output).toContain("Did you mean 'minResilience'?")
  })

  test('shards run every scenario once, and merge into the report of one run', async () => {
    const files = ['whole', 'each', 'races', 'deep']
    await project.vitest(['run', ...files], { REPORTER: '{}' })
    const whole = parseReportFile(read('.faultline/report.json'), 'whole')
    const shards: ReportFile[] = []
    for (const index of [1, 2, 3]) {
      await project.vitest(['run', ...files], { REPORTER: '{}', FAULTLINE_SHARD: `${index}/3` })
      const text = read('.faultline/report.json')
      writeFileSync(path.join(project.folder, `shard-${index}.json`), text)
      shards.push(parseReportFile(text, `shard ${index}`))
    }
    const ids = ({ simulations, races }: ReportFile): string[] => [
      ...simulations.flatMap(({ testFile, name, scenarios }) =>
        scenarios.map(({ id }) => `${testFile} ${name} ${id}`),
      ),
      ...races.filter(({ summary }) => summary.run > 0).map(({ testFile, name }) => `${testFile} ${name}`),
    ]
    expect(shards.flatMap(ids).sort()).toEqual(ids(whole).sort())
    expect(ids(whole)).toContain('test/races.test.ts charge')
    const sorted = (file: ReportFile): ReportFile => ({
      ...file,
      simulations: file.simulations.toSorted((a, b) =>
        a.testFile! + a.name < b.testFile! + b.name ? -1 : 1,
      ),
      races: file.races.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    })
    expect(timeless(sorted(mergeReportFiles(shards)))).toEqual(timeless(sorted(whole)))
    const cli = (...args: string[]): Promise<Finished> => {
      const register = path.join(REPOSITORY, 'test/helpers/register-source.ts')
      const program = path.join(REPOSITORY, 'src/cli.ts')
      return nodeTool(['--import', register, program, ...args], { cwd: project.folder })
    }
    const shardOf = (race: string): number =>
      1 + shards.findIndex(({ races }) => races.some(({ name, summary }) => name === race && summary.run > 0))
    const by = shardOf('charge')
    const { stdout } = await project.vitest(['run', 'races', '--reporter=verbose'], {
      FAULTLINE_SHARD: `${(by % 3) + 1}/3`,
    })
    expect(plain(stdout).replaceAll(/ (?:\d+ms|<time>)/g, '')).toContain(
      `races.test.ts > charge [FAULTLINE_SHARD: shard ${by} of 3 runs it]`,
    )
    const others = [1, 2, 3].filter((index) => index !== by).map((index) => `shard-${index}.json`)
    const lacking = await cli('merge', ...others, '--out', 'lacking.json')
    expect(lacking.stderr).toContain(`faultline: the race 'charge' is missing: shard ${by} of 3 ran it.`)
    await cli('merge', 'shard-3.json', 'shard-1.json', 'shard-2.json', '--out', 'merged.json')
    expect(timeless(sorted(parseReportFile(read('merged.json'), 'merged.json')))).toEqual(
      timeless(sorted(whole)),
    )
    const gate = await cli('gate', 'merged.json')
    expect([gate.code, gate.stdout]).toEqual([1, expect.stringContaining('race charge · 2 of ')])
  })
})

test.each(['v8', 'istanbul'])(
  'stands beside coverage by %s, whose figures stay what they are',
  { timeout: 120_000 },
  async (by) => {
    const project = await suiteProject(`suite-coverage-${by}`)
    const read = (): string => readFileSync(path.join(project.folder, 'coverage/coverage-final.json'), 'utf8')
    const args = ['run', '--coverage.enabled', '--coverage.reportOnFailure', `--coverage.provider=${by}`]
    for (const only of ['plain', 'whole']) {
      await project.vitest(args, { ONLY: only })
      const before = read()
      const { output } = await project.vitest(args, { ONLY: only, REPORTER: '{}' })
      expect(output.includes('Faultline ')).toBe(only === 'whole')
      expect(read()).toBe(before)
      expect(before).toContain('src/bank.ts')
    }
  },
)

describe.each([5, 4] as const)('watch mode of Vitest %i', (major) => {
  let project: SuiteProject
  beforeAll(async () => {
    project = await suiteProject(`suite-watch-${major}`, major)
  }, 300_000)

  test('a job that was edited is instrumented anew, and the report follows', {
    timeout: 120_000,
  }, async () => {
    const modules = await vitestFolder(major)
    const copy = major === 5 ? undefined : path.join(modules, 'vitest/dist/index.js')
    const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', REPORTER: '{}', VITEST_COPY: copy }
    for (const name of ['VITEST', 'VITEST_MODE', 'TEST', 'CI', 'FAULTLINE_LOADER', 'NODE_OPTIONS'])
      delete env[name]
    const program = path.join(modules, 'vitest/vitest.mjs')
    const child = spawn(process.execPath, [program, 'watch', 'whole'], {
      cwd: project.folder,
      env,
      stdio: 'pipe',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => void (output += text))
    const settled = async (text: string): Promise<void> => {
      await vi.waitFor(() => expect(output).toContain(text), { timeout: 50_000, interval: 100 })
    }
    try {
      await settled('Faultline  2 simulations · 26 scenarios · resilience 92.3 %')
      await settled('for file changes')
      output = ''
      const job = path.join(project.folder, 'src/charge.ts')
      const source = readFileSync(job, 'utf8')
      const repaired = source.replace('charge(orderId)', "charge(orderId, 'order')")
      expect(repaired).not.toBe(source)
      writeFileSync(job, repaired)
      await settled('Faultline  2 simulations · 26 scenarios · resilience 100 %')
      output = ''
      writeFileSync(job, source.replace('  await bank', '\n\n  await bank'))
      await settled('Faultline  2 simulations · 26 scenarios · resilience 92.3 %')
      // The line of now, not the one of before.
      expect(output).toContain('▸   8 │ ✗    await bank.charge(orderId)')
    } finally {
      child.kill('SIGTERM')
      await new Promise((resolve) => child.on('close', resolve))
    }
  })
})
