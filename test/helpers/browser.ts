import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'

const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/**
 * The Chromium that is installed. Where there is none, one loud line says so, and tests of it are skipped; with
 * `FAULTLINE_CI=1` that is an error instead.
 */
export function findChromium(): string | undefined {
  const found = PLACES.find((file) => file !== undefined && file !== '' && existsSync(file))
  if (found !== undefined) return found
  const line =
    'NO CHROMIUM: the HTML report is not opened. Install it (apt-get install chromium), or set CHROMIUM.'
  if (process.env.FAULTLINE_CI === '1') throw new Error(line)
  console.error(`\n${line}\n`)
  return undefined
}

/** A browser with a fresh profile, gone with all its files when disposed. */
export interface Browser extends AsyncDisposable {
  readonly context: BrowserContext
}

/** Starts it; nothing in it talks to the network by itself. */
export async function startBrowser(
  executablePath: string,
  options: { scale?: number } = {},
): Promise<Browser> {
  const profile = mkdtempSync(path.join(tmpdir(), 'faultline-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: { width: 1280, height: 900 },
    deviceScaleFactor: options.scale ?? 1,
    timeout: 60_000,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  })
  return {
    context,
    async [Symbol.asyncDispose]() {
      await context.close()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
