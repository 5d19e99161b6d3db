import { createHash } from 'node:crypto'
import type { ReportFile } from '../file/index.ts'
import { CLIENT_SCRIPT, CLIENT_STYLE } from './client-bundle.ts'
import { embeddedJson } from './embed.ts'

/**
 * A report file as one HTML page that opens from disk and asks for nothing else: script, style and data are in it, and
 * its content security policy lets nothing else in. What comes from sources and errors is data, shown as text.
 *
 * @example
 * ```ts
 * await writeFile('.faultline/report.html', htmlReport(file))
 * ```
 */
export function htmlReport(file: ReportFile): string {
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(CLIENT_SCRIPT)}`,
    `style-src ${hashOf(CLIENT_STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Faultline report</title>
<style>${CLIENT_STYLE}</style>
</head>
<body>
<div id="app"></div>
<noscript>This report needs JavaScript. The same is in report.json, and on the terminal of the run.</noscript>
<script type="application/json" id="report">${embeddedJson(file)}</script>
<script>${CLIENT_SCRIPT}</script>
</body>
</html>
`
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
