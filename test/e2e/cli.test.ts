import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Finished, nodeTool } from '../helpers/run.ts'
import { REPOSITORY } from '../helpers/source-alias.ts'
import { steady } from '../helpers/steady.ts'

// Each test starts several processes, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

const project = path.join(REPOSITORY, 'fixtures/projects/simulations')
const out = mkdtempSync(path.join(tmpdir(), 'faultline-cli-'))
const at = (...names: string[]): string => path.join(out, ...names)
afterAll(() => rmSync(out, { recursive: true, force: true }))

/** The program, out of the source, in the project of the simulations. */
function faultline(args: string[], env: Record<string, string> = {}): Promise<Finished> {
  const register = path.join(REPOSITORY, 'test/helpers/register-source.ts')
  const program = path.join(REPOSITORY, 'src/cli.ts')
  return nodeTool(['--import', register, program, ...args], { cwd: project, env })
}

const timeless = (file: string): unknown =>
  JSON.parse(readFileSync(file, 'utf8').replaceAll(/"durationMs": [\d.]+/g, '"durationMs": 0'))

describe('run', () => {
  let whole: Finished
  beforeAll(async () => {
    whole = await faultline(['run', 'simulations/charge.ts', '--out', at('whole')])
  })

  test('tells every finding, and ends with 1', async () => {
    expect(whole.code).toBe(1)
    expect(whole.stderr).toBe('')
    await expect(steady(whole.stdout.replaceAll(path.relative(project, out), '<out>'))).toMatchFileSnapshot(
      'cli/run.txt',
    )
  })

  test('what survives ends with 0', async () => {
    const { code, stdout } = await faultline(['run', 'simulations/fixed.ts', '--out', at('fixed')])
    expect(code).toBe(0)
    expect(stdout).toContain('✓ survived all 13 scenarios')
    expect(stdout).toContain('1 of 1 simulation survived; the report is in ')
  })

  test.each([
    ['two', 'simulations/charge.ts'],
    ['five', 'simulations/charge.ts', 'simulations/fixed.ts'],
  ])('%s workers write the report of one', async (count, ...files) => {
    const one = await faultline(['run', ...files, '--out', at('one')])
    const workers = { two: '2', five: '5' }[count]!
    const several = await faultline(['run', ...files, '--workers', workers, '--out', at('several')])
    expect(several.code).toBe(one.code)
    const sorted = (file: string) =>
      (timeless(file) as { simulations: { testFile: string }[] }).simulations.sort((a, b) =>
        a.testFile < b.testFile ? -1 : 1,
      )
    expect(sorted(at('several/report.json'))).toEqual(sorted(at('one/report.json')))
  })

  test('shards run every scenario once, and merge into the report of one run', async () => {
    for (const index of [1, 2, 3]) {
      const { stdout } = await faultline(['run', 'simulations/charge.ts', '--out', at(`shard-${index}`)], {
        FAULTLINE_SHARD: `${index}/3`,
      })
      expect(stdout).toContain(`shard ${index} of 3: ${index === 1 ? 5 : 4} of 13 scenarios`)
    }
    const shards = [3, 1, 2].map((index) => at(`shard-${index}/report.json`))
    const { code, stdout } = await faultline(['merge', ...shards, '--out', at('merged.json')])
    expect([code, stdout]).toEqual([
      0,
      `3 reports merged into ${at('merged.json')}: 2 simulations, 26 scenarios\n`,
    ])
    expect(timeless(at('merged.json'))).toEqual(timeless(at('whole/report.json')))
  })

  test('a shard that is missing is named, and the gate does not pass what it cannot know', async () => {
    for (const index of [1, 2])
      await faultline(['run', 'simulations/fixed.ts', '--out', at(`half-${index}`)], {
        FAULTLINE_SHARD: `${index}/3`,
      })
    const halves = [1, 2].map((index) => at(`half-${index}/report.json`))
    const merged = await faultline(['merge', ...halves, '--out', at('half.json')])
    expect([merged.code, merged.stderr]).toEqual([
      0,
      "faultline: 'charge with key' is not whole: shard 3 is missing of 3, with 4 scenarios.\n",
    ])
    const gate = await faultline(['gate', at('half.json')])
    expect([gate.code, gate.stderr]).toEqual([2, expect.stringContaining('The report lacks shards')])
    expect(gate.stdout).toContain('only shards 1, 2 of 3; 4 scenarios not in this report')
    expect(await faultline(['gate', at('half.json'), '--partial'])).toMatchObject({ code: 0, stderr: '' })
  })

  test.each(['5/4', '0/4', 'a/b', '1'])('FAULTLINE_SHARD=%s ends with 2', async (shard) => {
    // Without the loader of the tests, which would say so first.
    const args = [path.join(REPOSITORY, 'src/cli.ts'), 'run', 'simulations/fixed.ts']
    const { code, stderr } = await nodeTool(args, { cwd: project, env: { FAULTLINE_SHARD: shard } })
    expect([code, stderr]).toEqual([
      2,
      `faultline: FAULTLINE_SHARD is no part of a whole: received '${shard}'; allowed is i/n with 1 ≤ i ≤ n, such as '2/4'.\n`,
    ])
  })

  test('replays the one scenario of a token, and leaves the report alone', async () => {
    const token = /FAULTLINE_REPLAY='(.*?)'/.exec(whole.stdout)![1]!
    const replayed = await faultline([
      'run',
      'simulations/charge.ts',
      '--replay',
      token,
      '--out',
      at('replay'),
    ])
    expect(replayed.code).toBe(1)
    expect(replayed.stdout).toContain('✗ 1 of 1 scenario fails')
    expect(replayed.stdout).not.toContain('the report is in')
    expect(replayed.stderr).toContain(
      "faultline: 'charge with key' is skipped, FAULTLINE_REPLAY replays 'charge'",
    )
    const other = await faultline(['run', 'simulations/fixed.ts', '--replay', token])
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining('No simulation of these files is the one that the token replays'),
    ])
  })

  test('a file that is no simulation, or none at all, ends with 2', async () => {
    const wrong = await faultline(['run', 'src/charge.ts', '--out', at('wrong')])
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringContaining("'src/charge.ts' is no simulation file: received no default export"),
    ])
    expect(await faultline(['run', 'nowhere.ts'])).toMatchObject({
      code: 2,
      stderr: "faultline: There is no file 'nowhere.ts'.\n",
    })
    expect(await faultline(['run'])).toMatchObject({ code: 2 })
    expect(await faultline(['run', 'simulations/fixed.ts', '--workers', '0'])).toMatchObject({
      code: 2,
      stderr: "faultline: --workers: received '0'; allowed is a whole number from 1 to 256.\n",
    })
  })
})

test.each([
  ['throws', "throw new Error('no database')", 'throws while it is loaded: Error: no database\n    at '],
  ['throws null', 'throw null', 'throws while it is loaded: received null'],
  ['exits', 'process.exit(0)', 'ended with exit code 0 before its report was written'],
  ['is killed', "process.kill(process.pid, 'SIGKILL')", 'ended by SIGKILL before its report was written'],
  ['waits for ever', 'await new Promise(() => {})', 'ended with exit code 13 before its report was written'],
  ['cannot be parsed', 'export default {{', 'throws while it is loaded: '],
])('a simulation file that %s ends with 2, and says so', async (name, text, message) => {
  const file = at(`${name.replaceAll(' ', '-')}.mts`)
  writeFileSync(file, text)
  const { code, stderr } = await faultline(['run', file, '--out', at('loaded')])
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  expect(stderr).toContain(path.basename(file))
})

test('what could not be run is in the report, beside what could, and fails the gate', async () => {
  const throws = at('throws.mts')
  writeFileSync(throws, "throw new Error('no configuration')")
  const exits = at('exits.mts')
  writeFileSync(exits, 'process.exit(0)')
  const ran = await faultline(['run', 'simulations/no-database.ts', throws, exits, '--out', at('not-run')])
  expect(ran.code).toBe(2)
  expect(ran.stdout).toContain('✗ 1  connect ECONNREFUSED 127.0.0.1:5432')
  expect(ran.stdout).toContain('1 of 4 simulations survived; the report is in ')
  expect(ran.stderr).toContain("faultline: 'no database' could not be run: Error: connect ECONNREFUSED")
  const gate = await faultline(['gate', at('not-run/report.json'), '--min', '1'])
  expect(gate.code).toBe(1)
  expect(gate.stdout.replaceAll(`${out}/`, '').replaceAll(`${path.relative(project, out)}/`, '')).toBe(
    [
      '✗ 81.2 % of 16 scenarios survived; 3 could not be run; the minimum is 1 %',
      '  no database  could not be run:  connect ECONNREFUSED 127.0.0.1:5432',
      '  throws.mts  could not be run:  no configuration',
      '  exits.mts  could not be run:  Its process ended with exit code 0 before its report was written.',
      '',
    ].join('\n'),
  )
})

describe('gate', () => {
  test('99.9 % is below 100, and the lines are named', async () => {
    const entry = JSON.parse(readFileSync(at('whole/report.json'), 'utf8'))
    const [charge] = entry.simulations
    const survivor = charge.scenarios.find(({ outcome }: { outcome: string }) => outcome === 'survived')
    const failure = charge.scenarios.find(({ outcome }: { outcome: string }) => outcome === 'failed')
    charge.scenarios = [failure]
    for (let index = 1; index < 1000; index++)
      charge.scenarios.push({ ...survivor, id: `${survivor.id}~${index}`, index })
    Object.assign(charge.summary, { scenarios: 1000, survived: 999, failed: 1, resilience: 0.999 })
    charge.causes[0].scenarios = [failure.id]
    writeFileSync(at('nearly.json'), JSON.stringify({ ...entry, simulations: [charge] }))
    const gate = (min: string) => faultline(['gate', at('nearly.json'), '--min', min])
    expect(await gate('100')).toMatchObject({
      code: 1,
      stdout:
        '✗ 99.9 % of 1,000 scenarios survived; the minimum is 100 %\n  src/charge.ts:6  error · 1 scenario  charged 2 times\n',
    })
    expect(await gate('99.9')).toMatchObject({ code: 0 })
    expect(await gate('99.95')).toMatchObject({ code: 1 })
  })

  test.each([
    ['missing', () => {}, /There is no report file '.*'\./],
    ['cut off', (file: string) => truncateSync(file, 900), /is cut off: it ends in the middle/],
    [
      'of another version',
      (file: string) =>
        writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 1', '"version": 99')),
      /is a report of schema version 99, written by Faultline [\d.]+; this Faultline reads version 1\./,
    ],
    [
      'of something else',
      (file: string) => writeFileSync(file, '{ "name": "x" }'),
      /is no report of Faultline: its schema reads nothing/,
    ],
  ])('a report that is %s ends with 2', async (name, change, message) => {
    const file = at(`${name.replaceAll(' ', '-')}.json`)
    if (name !== 'missing') copyFileSync(at('whole/report.json'), file)
    change(file)
    const { code, stdout, stderr } = await faultline(['gate', file])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect(stderr).toContain('hint: ')
    expect(stderr).not.toContain('\n    at ')
  })

  test('a folder is no report, and no simulation file', async () => {
    const gate = await faultline(['gate', '.'])
    expect([gate.code, gate.stderr]).toEqual([
      2,
      "faultline: '.' is a folder: allowed is a report file, such as .faultline/report.json.\n",
    ])
    const ran = await faultline(['run', 'simulations'])
    expect([ran.code, ran.stderr]).toEqual([
      2,
      "faultline: 'simulations' is a folder: allowed are files.\n  hint: faultline run simulations/*.ts\n",
    ])
  })

  test('a report without a scenario fails', async () => {
    const empty = { ...JSON.parse(readFileSync(at('whole/report.json'), 'utf8')), simulations: [] }
    writeFileSync(at('empty.json'), JSON.stringify(empty))
    expect(await faultline(['gate', at('empty.json')])).toMatchObject({
      code: 1,
      stdout: '✗ nothing was tested: the report holds no scenario that was judged\n',
    })
  })
})

test('report writes the page', async () => {
  const { code, stdout } = await faultline(['report', at('whole/report.json'), '--out', at('page')])
  expect([code, stdout]).toEqual([0, `${path.relative(project, at('page/report.html'))}\n`])
  expect(readFileSync(at('page/report.html'), 'utf8')).toContain('<!doctype html>')
})

test.each(['report', 'merge'])('%s says so where it cannot write', async (command) => {
  writeFileSync(at('taken'), '')
  const given = command === 'report' ? at('taken') : at('taken/report.json')
  const { code, stderr } = await faultline([command, at('whole/report.json'), '--out', given])
  expect(code).toBe(2)
  expect(stderr).toContain('cannot be written: a file is where a folder would have to be.')
  expect(stderr).not.toContain('\n    at ')
})

test('points lists what a file can fail at', async () => {
  const { code, stdout } = await faultline(['points', 'src/charge.ts', 'src/bank.ts'])
  expect(code).toBe(0)
  await expect(stdout).toMatchFileSnapshot('cli/points.txt')
  const json = JSON.parse((await faultline(['points', '--json', 'src/charge.ts'])).stdout)
  expect(json).toHaveLength(12)
  expect(json[0]).toMatchObject({ kind: 'line', key: 'src/charge.ts:5', canFail: true })
  expect(await faultline(['points', 'nowhere.ts'])).toMatchObject({ code: 2 })
})

test('--help teaches every command', async () => {
  const names = ['points', 'run', 'gate', 'report', 'merge']
  const texts = [await faultline(['--help'])]
  for (const name of names) texts.push(await faultline([name, '--help']))
  expect(texts.map(({ code }) => code)).toEqual(texts.map(() => 0))
  await expect(texts.map(({ stdout }) => stdout).join(`\n${'='.repeat(80)}\n`)).toMatchFileSnapshot(
    'cli/help.txt',
  )
})

test.each([
  [
    ['gat'],
    "There is no command 'gat'; allowed are points, run, kill, gate, report, merge.",
    "Did you mean 'gate'?",
  ],
  [
    ['gate', '--mim', '1'],
    "faultline gate has no option '--mim'; allowed are --min, --partial, --help.",
    "Did you mean '--min'?",
  ],
  [
    ['gate', '--min', 'all'],
    "--min is no percentage: received 'all'; allowed is a number from 0 to 100.",
    '',
  ],
  [['merge'], 'merge needs the reports of the shards: received none.', '`faultline merge --help`'],
])('%j ends with 2 and says what is meant', async (args, message, hint) => {
  const { code, stderr } = await faultline(args)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
  expect(stderr).toContain(hint)
})
