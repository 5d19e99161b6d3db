/**
 * `npm run screenshots`: simulates the checkout project's job for real, and takes the pictures of the terminal and of
 * the HTML report that the documents show.
 */
import { statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  parseReportFile,
  type ReportFile,
  restoredSimulation,
  restoredSources,
} from '../src/report/file/index.ts'
import { htmlReport } from '../src/report/html/index.ts'
import { renderTerminal } from '../src/report/terminal.ts'
import { findChromium, startBrowser } from '../test/helpers/browser.ts'
import { temporaryFolder } from '../test/helpers/left-behind.ts'
import { nodeTool } from '../test/helpers/run.ts'
import { REPOSITORY } from '../test/helpers/source-alias.ts'
import { terminalPage } from './terminal-page.ts'

const LARGEST = 200_000
const finding = '#/sim/fulfil%20order/cause/4'
const zombie = `#/sim/fulfil%20order/scenario/${encodeURIComponent('stall@await:src/post.ts:5')}`
const shots = [
  { file: 'report-light.png', theme: 'light', address: finding, height: 1000 },
  { file: 'report-dark.png', theme: 'dark', address: zombie, height: 1240 },
] as const

const temporary = temporaryFolder()
try {
  const helpers = path.join(REPOSITORY, 'test/helpers')
  const { stdout, stderr, code } = await nodeTool(
    ['--import', path.join(helpers, 'register-source.ts'), path.join(helpers, 'checkout-report.ts')],
    { cwd: path.join(REPOSITORY, 'fixtures/projects/checkout'), env: temporary.env, timeoutMs: 300_000 },
  )
  if (code !== 0) throw new Error(stderr)
  const report = parseReportFile(stdout, 'the report')
  const [page, terminal] = ['report.html', 'terminal.html'].map((name) => path.join(temporary.path, name))
  writeFileSync(page!, htmlReport(report))
  writeFileSync(terminal!, terminalPage(inTerminal(report)))
  const chromium = findChromium()
  if (chromium !== undefined) await take(chromium, pathToFileURL(page!).href, pathToFileURL(terminal!).href)
} finally {
  temporary.remove()
}

/** The first finding, as it is printed. */
function inTerminal(report: ReportFile): string {
  const readSource = restoredSources(report)
  const data = restoredSimulation(report.simulations[0]!)
  return renderTerminal(data, { colors: true, width: 92, maxCauses: 1, readSource })
}

async function take(executable: string, url: string, terminal: string): Promise<void> {
  await using browser = await startBrowser(executable)
  const printed = await browser.context.newPage()
  await printed.goto(terminal)
  const picture = path.join(REPOSITORY, 'docs/images/terminal.png')
  await printed.locator('pre').screenshot({ path: picture })
  await printed.close()
  check(picture)
  for (const { file, theme, address, height } of shots) {
    const page = await browser.context.newPage()
    await page.setViewportSize({ width: 1280, height })
    await page.emulateMedia({ colorScheme: theme })
    await page.goto(url + address)
    await page.locator('.timeline').first().waitFor()
    const to = path.join(REPOSITORY, 'docs/images', file)
    await page.screenshot({ path: to })
    await page.close()
    check(to)
  }
}

function check(file: string): void {
  const { size } = statSync(file)
  console.log(`${path.relative(REPOSITORY, file)}  ${Math.round(size / 1000)} kB`)
  if (size > LARGEST) throw new Error(`${file} has ${size} bytes, allowed are ${LARGEST}`)
}
