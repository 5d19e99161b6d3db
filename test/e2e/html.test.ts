import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type FaultName, simulate } from 'faultline'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { JobFixture } from '../../fixtures/jobs/fixture.ts'
import { reset } from '../../fixtures/jobs/world.ts'
import { notRun, type ReportFile, reportFileOf } from '../../src/report/file/index.ts'
import { htmlReport } from '../../src/report/html/index.ts'
import { bigReport, blamingReport, HOSTILE, hostileReport, sampleRace } from '../helpers/big-report.ts'
import { type Browser, findChromium, startBrowser } from '../helpers/browser.ts'

const chromium = findChromium()
const folder = mkdtempSync(path.join(tmpdir(), 'faultline-html-'))
let browser: Browser
let page: Page
/** What a page must not do: write to the console, fail, ask for anything. */
let heard: string[] = []

beforeAll(async () => {
  if (chromium === undefined) return
  browser = await startBrowser(chromium)
  await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'])
}, 90_000)
afterEach(async () => {
  if (chromium === undefined) return
  await page?.close()
  expect(heard).toEqual([])
})
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Two broken jobs of the collection and a repaired one, simulated. */
async function realReport(): Promise<ReportFile> {
  const jobs: [name: string, faults: FaultName[]][] = [
    ['charge-without-key.broken', ['error', 'crash']],
    ['stale-writer-wakes.broken', ['crash', 'stall']],
    ['charge-without-key.fixed', ['error', 'crash']],
  ]
  const simulations = []
  for (const [name, faults] of jobs) {
    const { spec } = (await import(`../../fixtures/jobs/${name}.ts`)) as { spec: JobFixture }
    const setup = (): void => {
      reset()
      spec.given?.()
    }
    const now = new Date('2026-03-01T12:00:00Z')
    const report = await simulate(spec.job, () => spec.check(), { name, setup, faults, now })
    simulations.push({
      report: { ...report, command: 'npx vitest run test/jobs.test.ts' },
      testFile: 'test/jobs.test.ts',
    })
  }
  return reportFileOf({ simulations, races: [sampleRace()] })
}

/** Opens a report from disk. */
async function open(
  file: ReportFile,
  hash = '',
  view: { width?: number; dark?: boolean } = {},
): Promise<string> {
  const name = path.join(folder, 'report #1.html')
  writeFileSync(name, htmlReport(file))
  const url = pathToFileURL(name).href
  page = await browser.context.newPage()
  page.setDefaultTimeout(15_000)
  heard = []
  page.on('console', (message) => heard.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => heard.push(`error: ${error}`))
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== url) heard.push(`request: ${request.url()}`)
  })
  page.on('dialog', (dialog) => heard.push(`dialog: ${dialog.message()}`))
  await page.setViewportSize({ width: view.width ?? 1280, height: 900 })
  await page.emulateMedia({ colorScheme: view.dark ? 'dark' : 'light' })
  await page.goto(url + hash)
  await page.locator('#main').waitFor()
  return url
}

const hash = (): string => decodeURIComponent(new URL(page.url()).hash)
const texts = async (locator: Locator): Promise<string[]> =>
  (await locator.allTextContents()).map((text) => text.replace(/\s+/g, ' ').trim())
const sim = '#/sim/charge-without-key.broken'

describe.skipIf(chromium === undefined)('the HTML report', () => {
  let real: ReportFile
  beforeAll(async () => {
    real = await realReport()
  }, 60_000)

  test('the overview leads to a finding, the finding to its scenario, and back', async () => {
    await open(real)
    expect(await page.locator('h1').textContent()).toBe('3 of 4 do not survive')
    expect(await texts(page.locator('.card h2'))).toEqual([
      'charge-without-key.broken',
      'stale-writer-wakes.broken',
      'charge-without-key.fixed',
      'welcome, delivered twice',
    ])
    await page.locator('.card-findings a').first().click()
    await expect.poll(hash).toBe(`${sim}/cause/1`)
    const { causes } = real.simulations[0]!
    expect(await page.locator('.told h2').textContent()).toBe(causes[0]!.message)
    expect(await page.locator('.frame .struck').count()).toBe(1)
    await page.locator('.alike a').last().click()
    await expect.poll(hash).toBe(`${sim}/scenario/${causes[0]!.scenarios.at(-1)}`)
    await page.goBack()
    await expect.poll(hash).toBe(`${sim}/cause/1`)
    expect(await page.title()).toBe('Finding 1 · charge-without-key.broken · Faultline')
  })

  test('a finding names the line to blame, and leads to it', async () => {
    await open(blamingReport())
    await page.locator('.card-findings a').first().click()
    expect(await texts(page.locator('.to-blame'))).toEqual(['to blame: src/jobs/later.ts:2 in sendLater'])
    await page.locator('.to-blame a').click()
    await expect.poll(hash).toBe('#/sim/fulfil order/source/src/jobs/later.ts?line=2')
    expect(await texts(page.locator('.files [aria-current]'))).toEqual([
      expect.stringContaining('src/jobs/later.ts'),
    ])
    expect(await page.locator('.chosen').textContent()).toContain('void send()')
  })

  test('a crash is drawn as a lane that ends, a zombie as one that freezes', async () => {
    const crash = real.simulations[0]!.causes[0]!.scenarios.find((id) => id.startsWith('crash@'))!
    await open(real, `${sim}/scenario/${encodeURIComponent(crash)}`)
    expect(await texts(page.locator('.lane-name'))).toEqual(['queue', 'worker 1', 'worker 2'])
    expect(await page.locator('.bar-crashed').count()).toBe(1)
    expect(await texts(page.locator('.arrow text'))).toEqual(['redelivered'])
    const ends = await page
      .locator('.life')
      .evaluateAll((lines) => lines.map((line) => Number(line.getAttribute('x2'))))
    expect(ends[0]).toBeLessThan(ends[1]!)
    const stall = real.simulations[1]!.scenarios.find(
      ({ id, outcome }) => id.startsWith('stall@') && outcome === 'failed',
    )!
    await page.goto(
      page.url().replace(/#.*/, `#/sim/stale-writer-wakes.broken/scenario/${encodeURIComponent(stall.id)}`),
    )
    await page.locator('.stretch-frozen').waitFor()
    expect(await texts(page.locator('.sign text'))).toEqual(expect.arrayContaining(['freezes', 'wakes up']))
  })

  test('the source shows one mark per line and fault; a click tells what struck', async () => {
    await open(real, `${sim}/source`)
    const file = real.simulations[0]!.points.find((point) => point.file !== '')!.file
    expect(await page.locator('.frame-head .path').textContent()).toBe(file)
    const failed = page.locator('.code-line:has(.mark-failed)')
    expect(await failed.count()).toBeGreaterThan(0)
    expect(await page.locator('.code-line .mark').first().getAttribute('aria-label')).toMatch(
      /^(error|crash): (failed|survived) \(\d+ scenarios?\)$/,
    )
    const shown = await page.locator('.code-line:not(.gutter-head) code').allTextContents()
    expect(shown.join('\n').trimEnd()).toBe(real.sources[file]!.trimEnd())
    await failed.first().locator('.gutter').click()
    expect((await texts(page.locator('.struck-here'))).join(' ')).toContain('finding 1')
    await failed.first().locator('.gutter').click()
    expect(await page.locator('.struck-here').count()).toBe(0)
  })

  test('filters by fault, outcome and text are in the address and outlive a reload', async () => {
    await open(real, `${sim}/scenarios`)
    const { scenarios } = real.simulations[0]!
    const rows = page.locator('.row')
    expect(await rows.count()).toBe(scenarios.length)
    await page.getByRole('button', { name: 'crash', exact: true }).click()
    await page.getByRole('button', { name: 'failed' }).click()
    const left = scenarios.filter(
      ({ outcome, faults }) => outcome === 'failed' && faults[0]!.fault === 'crash',
    )
    await page.getByRole('status').getByText(`${left.length} of ${scenarios.length}`).waitFor()
    expect(await rows.count()).toBe(left.length)
    await expect.poll(hash).toBe(`${sim}/scenarios?fault=crash&outcome=failed`)
    await page.reload()
    expect(await rows.count()).toBe(left.length)
    expect(await page.locator('[aria-pressed=true]').count()).toBe(2)
    await page.locator('#search').fill('no such scenario')
    expect(await page.locator('.empty').isVisible()).toBe(true)
    await page.getByRole('button', { name: 'Clear' }).click()
    expect(await rows.count()).toBe(scenarios.length)
    await expect.poll(hash).toBe(`${sim}/scenarios`)
    await page.goto(page.url().replace(/scenarios$/, 'source?fault=error&outcome=failed'))
    expect(await texts(page.locator('.gutter-name'))).toEqual(['error'])
    expect(await page.locator('.code-line .mark-survived').count()).toBe(0)
  })

  test('works by the keyboard alone', async () => {
    await open(real)
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    expect(await page.locator(':focus h2').textContent()).toBe('charge-without-key.broken')
    expect(await page.locator(':focus').evaluate((node) => getComputedStyle(node).outlineStyle)).toBe('solid')
    await page.keyboard.press('Enter')
    await expect.poll(hash).toBe(sim)
    await page.keyboard.press('3')
    await expect.poll(hash).toBe(`${sim}/scenarios`)
    await page.keyboard.press('j')
    await page.keyboard.press('ArrowDown')
    expect(await page.locator(':focus').getAttribute('title')).toBe(real.simulations[0]!.scenarios[1]!.id)
    await page.keyboard.press('/')
    await page.keyboard.type('crash j')
    await expect.poll(hash).toContain('q=crash+j')
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.locator('dialog').waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('dialog').count()).toBe(0)
    await page.keyboard.press('u')
    await expect.poll(hash).toBe('#/')
  })

  test('copies the replay line, with and without the clipboard', async () => {
    await open(real, `${sim}/cause/1`)
    const line = await page.locator('.copyline code').textContent()
    expect(line).toMatch(
      /^FAULTLINE_REPLAY='charge-without-key\.broken: .*' npx vitest run test\/jobs\.test\.ts$/,
    )
    await page.getByRole('button', { name: 'Copy the replay line' }).click()
    await page.getByText('Copied').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(line)
    await page.reload()
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
    await page.getByRole('button', { name: 'Copy the replay line' }).click()
    await page.getByText('Copied').waitFor()
  })

  test('says what was not covered', async () => {
    await open(hostileReport(), `#/sim/${encodeURIComponent(HOSTILE)}/coverage`)
    expect(await page.locator('.callout').textContent()).toContain('Not exhaustive')
    expect(await page.locator('.reasons dt').first().textContent()).toContain('<img src=x')
  })

  test('what could not be run is told with its reason, and what another shard runs is no success', async () => {
    const error = new Error('connect ECONNREFUSED 127.0.0.1:5432')
    const broken = notRun({ name: 'on Postgres', error, root: '/app', command: 'npx vitest run' })
    const file = reportFileOf({ simulations: [{ report: broken, testFile: 'test/db.test.ts' }] })
    const race = sampleRace()
    const summary = { ...race.summary, run: 0, failed: 0, guarantee: 'shard 2 of 3 runs it' }
    const elsewhere = { ...race, failures: [], summary, shard: { index: 1, count: 3, runBy: 2 } }
    await open({ ...file, races: [elsewhere] })
    expect(await texts(page.locator('.card .verdict'))).toEqual([
      'failedcould not be run',
      'not run in this shard',
    ])
    expect(await texts(page.locator('.card .figure'))).toEqual(['–', '–'])
    await page.getByRole('link', { name: 'on Postgres' }).click()
    expect(await page.locator('.told h2').textContent()).toBe(error.message)
    expect(await page.locator('.told').textContent()).toContain('boot, queue or setup')
    expect(await page.locator('.counts, .outcomes, .timeline, .copyline').count()).toBe(0)
    await page.goBack()
    await page.getByRole('link', { name: race.name }).click()
    expect(await page.locator('.empty').textContent()).toContain('No schedule was run')
  })

  test('the race is an interleaving of two columns', async () => {
    await open(real, '#/race/welcome%2C%20delivered%20twice/cause/1')
    expect(await texts(page.locator('.interleaving th'))).toEqual(['#', 'Awelcome', 'Bwelcome, redelivered'])
    const cells = await page
      .locator('.interleaving tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => [...row.children].findIndex((cell) => cell.querySelector('.cell') !== null)),
      )
    expect(cells).toEqual([1, 2, 1, 2, 1, 2])
    expect(await page.locator('.blocked').textContent()).toContain('waits')
    await page.keyboard.press(']')
    await expect.poll(hash).toContain('/cause/2')
    expect(await page.locator('.copyline code').textContent()).toContain('race:ABBA')
  })

  test('light and dark, as the system has it and as it is chosen', async () => {
    const background = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
    await open(real, '', { dark: true })
    const dark = await background()
    await page.getByRole('button', { name: 'Light or dark' }).click()
    const light = await background()
    expect(light).not.toBe(dark)
    await page.reload()
    expect(await background()).toBe(light)
    await page.keyboard.press('t')
    expect(await background()).toBe(dark)
    await page.evaluate(() => localStorage.clear())
  })

  test.each([320, 390, 768])('no page scrolls sideways at %i pixels', async (width) => {
    await open(real, '', { width })
    const scenario = encodeURIComponent(real.simulations[0]!.causes[0]!.scenarios[0]!)
    const pages = [
      '#/',
      sim,
      `${sim}/cause/1`,
      `${sim}/source`,
      `${sim}/scenarios`,
      `${sim}/coverage`,
      `${sim}/scenario/${scenario}`,
      '#/race/welcome%2C%20delivered%20twice/cause/1',
    ]
    for (const one of pages) {
      await page.evaluate((to) => (location.hash = to), one)
      await page.waitForFunction(() => document.querySelector('main') !== null)
      expect([one, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([one, width])
    }
  })

  test('markup in names, files, sources and errors is text', async () => {
    await open(hostileReport())
    const slug = encodeURIComponent(HOSTILE)
    const file = hostileReport().simulations[0]!.points[0]!.file
    const pages = [
      '#/',
      ...['cause/1', 'source', 'scenarios', 'coverage', `source/${encodeURIComponent(file)}`].map(
        (part) => `#/sim/${slug}/${part}`,
      ),
      `#/race/${slug}/cause/1`,
    ]
    for (const one of pages) {
      await page.evaluate((to) => (location.hash = to), one)
      await page.waitForFunction(() => document.querySelector('main') !== null)
      expect(await page.locator('main').textContent(), one).toContain('<img src=x onerror=')
      expect(await page.locator('img, main script, iframe').count()).toBe(0)
      expect(await page.title()).not.toBe('owned')
    }
  })

  test('10,000 scenarios: opens, filters and scrolls quickly', async () => {
    const big = bigReport(10_000)
    const slug = '#/sim/fulfil%20order/scenarios'
    await open(big, slug)
    const loadMs = await page.evaluate(() => performance.now())
    expect(await page.locator('.row').count()).toBeLessThan(120)
    expect(await page.locator('[role=status]').textContent()).toBe('10,000 scenarios')
    const clickMs = await page.evaluate(async () => {
      const button = [...document.querySelectorAll<HTMLElement>('.toggle')].find(
        (one) => one.dataset.value === 'failed',
      )!
      const startMs = performance.now()
      button.click()
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      return performance.now() - startMs
    })
    expect(await page.locator('[role=status]').textContent()).toBe('1,000 of 10,000 scenarios')
    const searchMs = await page.evaluate(async () => {
      const field = document.querySelector<HTMLInputElement>('#search')!
      const startMs = performance.now()
      field.value = 'job-3 receipt'
      field.dispatchEvent(new Event('input', { bubbles: true }))
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      return performance.now() - startMs
    })
    expect(await page.locator('[role=status]').textContent()).toBe('500 of 10,000 scenarios')
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
    await page.locator('.row[data-index="499"]').waitFor()
    const tabMs = await page.evaluate(async () => {
      const startMs = performance.now()
      location.hash = '#/sim/fulfil%20order/source'
      while (document.querySelector('.code') === null)
        await new Promise((resolve) => requestAnimationFrame(resolve))
      return performance.now() - startMs
    })
    console.log(
      `10,000 scenarios: open ${Math.round(loadMs)} ms, filter ${Math.round(clickMs)} ms, search ${Math.round(searchMs)} ms, source ${Math.round(tabMs)} ms`,
    )
    expect(loadMs).toBeLessThan(8_000)
    for (const tookMs of [clickMs, searchMs, tabMs]) expect(tookMs).toBeLessThan(2_000)
  })
})
