/** The colours of a terminal, as a page shows them. */
const colours: Readonly<Record<number, string>> = {
  31: '#f2787c',
  32: '#8fce72',
  33: '#e5c07b',
  34: '#7ab0f2',
  35: '#d299e8',
  36: '#64c8d2',
  90: '#8b93a1',
}
const ESCAPE = String.fromCharCode(27)

/** A page that looks like a terminal in which `text` was printed, colours and all. */
export function terminalPage(text: string): string {
  return `<!doctype html><meta charset="utf-8"><title>Terminal</title><style>
body { margin: 0; background: #1b1f27 }
pre { box-sizing: content-box; width: 93ch; margin: 0; padding: 18px 22px; color: #d7dae0;
  font: 13px/1.45 'DejaVu Sans Mono', monospace; white-space: pre-wrap; overflow-wrap: anywhere }
</style><pre>${coloured(text)}</pre>`
}

function coloured(text: string): string {
  let [bold, dim, colour] = [false, false, '']
  const parts = text.split(new RegExp(`${ESCAPE}\\[(\\d+)m`))
  return parts
    .map((part, at) => {
      if (at % 2 === 0)
        return part === '' ? '' : `<span style="${styleOf(bold, dim, colour)}">${escaped(part)}</span>`
      const code = Number(part)
      if (code === 0) [bold, dim, colour] = [false, false, '']
      else if (code === 1) bold = true
      else if (code === 2) dim = true
      else if (code === 22) [bold, dim] = [false, false]
      else if (code === 39) colour = ''
      else colour = colours[code] ?? colour
      return ''
    })
    .join('')
}

function styleOf(bold: boolean, dim: boolean, colour: string): string {
  const parts = [colour && `color:${colour}`, bold && 'font-weight:bold', dim && 'opacity:.62']
  return parts.filter(Boolean).join(';')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
