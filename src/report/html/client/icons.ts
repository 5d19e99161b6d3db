import type { Mark } from '../../verdicts.ts'
import { MARK_WORDS } from '../marks.ts'
import { svg } from './dom.ts'

const PATHS: Record<string, string> = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4 4l8 8M12 4l-8 8',
  wave: 'M3 9.5c1.6-3 3.4-3 5-1s3.400 2 5-1',
  dot: 'M8 8h.01',
  bang: 'M8 3.500v5.500M8 12.200h.01',
  pause: 'M6 4v8M10 4v8',
  play: 'M5.500 3.500l7 4.500-7 4.500z',
  bolt: 'M9 2L4 9h4l-1 5 5-7H8z',
  slash: 'M3.500 12.500l9-9',
  stop: 'M4.500 4.500h7v7h-7z',
  plus: 'M8 4v8M4 8h8',
  copy: 'M5.500 5.500v-3h8v8h-3M2.500 5.500h8v8h-8z',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1',
  moon: 'M13 9.500A5.500 5.500 0 1 1 6.500 3 4.500 4.500 0 0 0 13 9.500z',
  search: 'M7 2.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9M10.500 10.500L14 14',
  next: 'M6 3l5 5-5 5',
  back: 'M10 3L5 8l5 5',
}

/** A drawn icon, 16 by 16, in the colour of the text. */
export function icon(name: string, className = ''): SVGSVGElement {
  return svg(
    'svg',
    { viewBox: '0 0 16 16', class: `icon ${className}`, 'aria-hidden': 'true' },
    svg('path', { d: PATHS[name]! }),
  )
}

const MARK_ICONS: Record<Mark, string> = { failed: 'cross', survived: 'check', unsure: 'wave', none: 'dot' }

/** A verdict: a shape and a colour. */
export function markIcon(mark: Mark, title: string = MARK_WORDS[mark]): SVGSVGElement {
  const drawn = icon(MARK_ICONS[mark], `mark mark-${mark}`)
  drawn.removeAttribute('aria-hidden')
  drawn.setAttribute('role', 'img')
  drawn.setAttribute('aria-label', title)
  drawn.prepend(svg('title', {}, title))
  return drawn
}
