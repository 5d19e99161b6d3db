import type { TimelineEvent, TimelineKind } from '../../../../model/result.ts'
import type { TimelineLayout } from '../../timeline-layout.ts'
import { el, oneLine, svg } from '../dom.ts'

const ROW = 58
const TOP = 34
const NAME = 92
const BAR = 16
/** Lanes reach beyond the picture, however wide the page is. */
const WIDE = 20_000

/** How each kind is drawn: a shape, a colour, a word where the shape alone says too little. */
const SIGNS: Partial<Record<TimelineKind, readonly [path: string, ink: string, word?: string]>> = {
  completed: ['M-3.500 .500l2.500 2.500 4.500-5', 'good'],
  failed: ['M0-4v5M0 3.800v.010', 'bad', 'failed'],
  crashed: ['M-3.500-3.500l7 7M3.500-3.500l-7 7', 'bad', 'worker dies'],
  dead: ['M-3.500-3.500l7 7M3.500-3.500l-7 7', 'bad', 'job is dead'],
  stalled: ['M-2-3.500v7M2-3.500v7', 'warn', 'freezes'],
  woke: ['M-2.500-3.500l6 3.500-6 3.500z', 'warn', 'wakes up'],
  refused: ['M-3.500 3.500l7-7', 'warn', 'refused'],
  bailedOut: ['M3-3.500l-5 3.500 5 3.500', 'warn', 'bails out'],
  rescheduled: ['M-3 0h6M0-3l3 3-3 3', 'dim', 'put off'],
  interrupted: ['M-3-3h6v6h-6z', 'warn', 'told to stop'],
  enqueued: ['M0-3v6M-3 0h6', 'dim'],
  settled: ['M-3.500 .500l2.500 2.500 4.500-5', 'dim'],
  checked: ['M-3.500 .500l2.500 2.500 4.500-5', 'dim'],
}

/** The timeline as a picture: one lane per worker, so that a death, a redelivery, a zombie is seen. */
export function drawTimeline(layout: TimelineLayout, events: readonly TimelineEvent[]): HTMLElement {
  const height = TOP + layout.rows * ROW + 6
  const width = NAME + Math.max(layout.width, ...layout.bars.map((bar) => bar.from + roomOf(bar, layout)))
  const y = (row: number): number => TOP + row * ROW + ROW / 2 + 4
  const drawing = svg(
    'svg',
    {
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      preserveAspectRatio: 'xMinYMin meet',
      class: 'timeline',
      role: 'img',
      'aria-label': 'Timeline; the list below says the same in words',
    },
    patterns(),
    ...lanes(layout),
    svg(
      'g',
      { transform: `translate(${NAME} 0)` },
      ...axis(layout, height),
      ...layout.lives.map(({ row, from, to }) =>
        svg('line', { class: 'life', x1: from, x2: to, y1: y(row), y2: y(row) }),
      ),
      ...layout.arrows.map((arrow) => drawArrow(arrow, y)),
      ...layout.bars.flatMap((bar) => drawBar(bar, y(bar.row), layout)),
      ...layout.marks.map((mark) => drawMark(mark.x, y(mark.row), events[mark.event]!, mark.event)),
    ),
  )
  return el(
    'div',
    { class: 'timeline-scroll', tabindex: '0', role: 'region', 'aria-label': 'Timeline, drawn' },
    drawing,
  )
}

function patterns(): SVGElement {
  const hatch = (id: string, ink: string): SVGElement =>
    svg(
      'pattern',
      { id, width: 7, height: 7, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
      svg('rect', { width: 7, height: 7, class: `${ink}-soft` }),
      svg('rect', { width: 2.5, height: 7, class: ink }),
    )
  return svg(
    'defs',
    {},
    hatch('frozen', 'hatch-warn'),
    hatch('delayed', 'hatch-dim'),
    svg(
      'marker',
      {
        id: 'tip',
        viewBox: '0 0 8 8',
        refX: 7,
        refY: 4,
        markerWidth: 7,
        markerHeight: 7,
        orient: 'auto-start-reverse',
      },
      svg('path', { d: 'M1 1l6 3-6 3z', class: 'tip' }),
    ),
  )
}

function lanes({ lanes: all }: TimelineLayout): SVGElement[] {
  return all.flatMap(({ name, row, rows }, index) => [
    svg('rect', {
      x: 0,
      y: TOP + row * ROW,
      width: WIDE,
      height: rows * ROW,
      class: index % 2 === 0 ? 'lane' : 'lane lane-odd',
    }),
    svg('text', { x: 12, y: TOP + row * ROW + ROW / 2 + 8, class: 'lane-name' }, clipped(name, 11)),
  ])
}

function axis({ ticks, leaps }: TimelineLayout, height: number): SVGElement[] {
  return [
    ...leaps.map(({ from, to, label }) => {
      const middle = (from + to) / 2
      return svg(
        'g',
        { class: 'leap' },
        svg('line', { x1: middle - 4, x2: middle - 4, y1: TOP, y2: height - 6 }),
        svg('line', { x1: middle + 4, x2: middle + 4, y1: TOP, y2: height - 6 }),
        svg('text', { x: middle, y: 20, 'text-anchor': 'middle' }, `${label} pass`),
      )
    }),
    ...ticks.map(({ x, label }) =>
      svg(
        'g',
        { class: 'tick' },
        svg('line', { x1: x, x2: x, y1: 26, y2: height - 6 }),
        svg('text', { x, y: 20, 'text-anchor': 'middle' }, label),
      ),
    ),
  ]
}

type DrawnBar = TimelineLayout['bars'][number]

function drawBar(bar: DrawnBar, y: number, layout: TimelineLayout): SVGElement[] {
  const width = Math.max(4, bar.to - bar.from)
  const label = labelOf(bar)
  const room = roomOf(bar, layout)
  const top = y - BAR / 2
  return [
    svg(
      'text',
      { x: bar.from, y: top - 9, class: 'bar-label' },
      svg('title', {}, label),
      clipped(label, Math.max(4, Math.floor(room / CHARACTER) - 1)),
    ),
    svg('rect', { x: bar.from, y: top, width, height: BAR, rx: 4, class: `bar bar-${bar.end}` }),
    ...bar.stretches.map(({ from, to, kind }) =>
      svg('rect', {
        x: from,
        y: top,
        width: Math.max(2, to - from),
        height: BAR,
        class: `stretch-${kind}`,
        fill: `url(#${kind})`,
      }),
    ),
  ]
}

const CHARACTER = 6.2

function labelOf({ jobId, delivery }: DrawnBar): string {
  return `${oneLine(jobId)} · delivery ${delivery}`
}

/** How far the label of a bar may reach: to the next one, or as far as it is long. */
function roomOf(bar: DrawnBar, layout: TimelineLayout): number {
  const after = layout.bars
    .filter(({ row, from }) => row === bar.row && from > bar.from)
    .map(({ from }) => from - bar.from)
  return Math.min((Math.min(labelOf(bar).length, 60) + 2) * CHARACTER, ...after)
}

function drawArrow(
  { fromX, fromRow, toX, toRow, label }: TimelineLayout['arrows'][number],
  y: (row: number) => number,
): SVGElement {
  const [y1, y2] = [y(fromRow), y(toRow)]
  const middle = (fromX + toX) / 2
  const path = `M${fromX} ${y1}C${middle} ${y1} ${middle} ${y2} ${toX - 4} ${y2}`
  return svg(
    'g',
    { class: 'arrow' },
    svg('path', { d: path, 'marker-end': 'url(#tip)' }),
    y1 === y2
      ? svg('text', { x: middle, y: y2 + 22, 'text-anchor': 'middle' }, label)
      : svg('text', { x: toX - 10, y: y2 + 20, 'text-anchor': 'end' }, label),
  )
}

function drawMark(x: number, y: number, event: TimelineEvent, index: number): SVGElement {
  if (event.kind === 'glitched') return drawStrike(x, y, event, index)
  const sign = SIGNS[event.kind]
  if (sign === undefined)
    return svg(
      'g',
      { 'data-event': index, transform: `translate(${x} ${y})` },
      svg('circle', { r: 4, class: 'mark-dot' }),
    )
  const [path, ink, word] = sign
  return svg(
    'g',
    { 'data-event': index, class: `sign sign-${ink}`, transform: `translate(${x} ${y})` },
    svg('title', {}, event.kind),
    svg('circle', { r: 9 }),
    svg('path', { d: path }),
    word === undefined ? undefined : svg('text', { y: 23, 'text-anchor': 'middle' }, word),
  )
}

/** The fault itself. */
function drawStrike(x: number, y: number, event: TimelineEvent, index: number): SVGElement {
  const word = clipped(oneLine(event.detail ?? 'fault').replace(/:.*$/, ''), 12)
  return svg(
    'g',
    { 'data-event': index, class: 'strike', transform: `translate(${x} ${y})` },
    svg('title', {}, 'the fault struck here'),
    svg('path', { d: 'M1.500-12L-5 2h4l-1.500 10L5.500-3h-4.200z' }),
    svg('text', { y: 23, 'text-anchor': 'middle' }, word),
  )
}

function clipped(text: string, length: number): string {
  const plain = oneLine(text)
  return plain.length <= length ? plain : `${plain.slice(0, Math.max(1, length - 1))}…`
}
