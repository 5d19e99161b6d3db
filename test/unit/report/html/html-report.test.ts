import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type ReportFile, reportFileOf } from '../../../../src/report/file/index.ts'
import { embeddedJson } from '../../../../src/report/html/embed.ts'
import { highlighted } from '../../../../src/report/html/highlight.ts'
import { htmlReport } from '../../../../src/report/html/index.ts'
import { lineMarksOf } from '../../../../src/report/html/line-marks.ts'
import { parseRoute, printRoute, slugs } from '../../../../src/report/html/route.ts'
import { CHECKOUT, FILE, readSample, threeBugs } from '../../../helpers/sample-report.ts'

const file: ReportFile = reportFileOf({ simulations: [{ report: threeBugs() }], readSource: readSample })

describe('the page', () => {
  test('holds its data as text that no markup can leave', () => {
    const hostile = `</script><script>alert(1)</script><!--\u2028${String.fromCharCode(0xd800)}`
    const json = embeddedJson({ [hostile]: hostile })
    expect(json).not.toMatch(/[<>&\u2028]/)
    expect(JSON.parse(json)).toEqual({ [hostile]: hostile })
    const html = htmlReport({ ...file, sources: { [FILE]: `${hostile}\n${CHECKOUT}` } })
    expect(html).not.toContain('alert(1)</script>')
    expect(html.match(/<script/g)).toHaveLength(2)
  })

  test('lets in its own script and style, by their hashes, and nothing else', () => {
    const html = htmlReport(file)
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]
    const hash = (text: string): string => createHash('sha256').update(text).digest('base64')
    const script = /<script>([\s\S]*?)<\/script>/.exec(html)![1]!
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)![1]!
    expect(policy).toBe(
      `default-src 'none'; script-src 'sha256-${hash(script)}'; style-src 'sha256-${hash(style)}'; base-uri 'none'; form-action 'none'`,
    )
    expect(html.replace(script, '').replace(style, '')).not.toMatch(/(?:src|href)=|style="|\son\w+=/)
  })
})

test('an address says all that is shown, and is read back', () => {
  const routes = [
    { view: 'overview' },
    { view: 'sim', slug: 'a/b ?#%', cause: 3 },
    { view: 'sim', slug: 'x', tab: 'source', file: 'src/a b.ts', line: 4 },
    { view: 'sim', slug: 'x', scenario: 'crash@await:src/a.ts:3#2/2[mail-1]' },
    { view: 'race', slug: 'y', cause: 2 },
    {
      view: 'sim',
      slug: 'x',
      tab: 'scenarios',
      filter: { text: 'é & =', faults: ['crash', 'stall'], marks: ['failed'], file: 'src/ä.ts' },
    },
  ] as const
  for (const route of routes) expect(parseRoute(printRoute(route))).toMatchObject(route)
  expect(printRoute(routes[1]!)).toBe('#/sim/a%2Fb%20%3F%23%25/cause/3')
  expect(parseRoute('#/sim/%E0%A4%A/cause/-1')).toMatchObject({
    view: 'sim',
    slug: '%E0%A4%A',
    tab: 'findings',
  })
  expect(parseRoute('#nonsense').view).toBe('overview')
  expect(slugs(['a', 'b', 'a'])).toEqual(['a', 'b', 'a~2'])
})

test('a line has one mark per fault: the worst', () => {
  const marks = lineMarksOf(threeBugs()).get(FILE)!
  const on = (line: number): Record<string, unknown> =>
    Object.fromEntries(
      [...marks.get(line)!].map(([fault, { mark, scenarios }]) => [fault, [mark, scenarios.length]]),
    )
  expect(on(13)).toEqual({ error: ['failed', 2], crash: ['failed', 2] })
  expect(on(16)).toEqual({ error: ['survived', 2], crash: ['failed', 2] })
  expect(marks.has(12)).toBe(false)
})

test('highlighting loses nothing', () => {
  const source = 'const a = `x\n$1` // it\'s\n/* two\nlines */ "s" + 12.5\r\nof.from.type = await b\n\n'
  const lines = highlighted(source)
  expect(lines.map((tokens) => tokens.map(({ text }) => text).join(''))).toEqual(
    source.replace('\r', '').slice(0, -1).split('\n'),
  )
  expect(lines[1]![0]).toEqual({ text: '$1`', kind: 'string' })
  expect(lines[3]!.map(({ kind }) => kind)).toEqual(['comment', 'plain', 'string', 'plain', 'number'])
  expect(lines[4]!.filter(({ kind }) => kind === 'keyword').map(({ text }) => text)).toEqual(['of', 'await'])
})
