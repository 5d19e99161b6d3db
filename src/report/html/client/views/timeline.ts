import type { ScenarioResult, TimelineEvent } from '../../../../model/result.ts'
import { eventWords } from '../../../timeline.ts'
import { offset } from '../../../words.ts'
import { timelineLayout } from '../../timeline-layout.ts'
import type { Sim } from '../data.ts'
import { el, oneLine } from '../dom.ts'
import { section } from './parts.ts'
import { drawTimeline } from './timeline-drawing.ts'

const GRAVE: ReadonlySet<string> = new Set(['glitched', 'crashed', 'dead', 'failed'])

/** What happened, drawn and in words; of a flaky scenario, both runs. */
export function timelineParts(sim: Sim, told: ScenarioResult): HTMLElement[] {
  const { timeline, otherTimeline, outcome, reason } = told
  if (reason === 'not-run') return []
  if (timeline.length === 0) {
    const why =
      outcome === 'survived' || outcome === 'beyond-policy'
        ? 'Timelines are kept of failures.'
        : 'Timelines are kept of the first 50 scenarios of a finding.'
    return [section('Timeline', el('p', { class: 'dim' }, `${why} The line below runs this one again.`))]
  }
  if (otherTimeline === undefined) return [one(sim, 'Timeline, in virtual time', timeline)]
  return [
    one(sim, 'Timeline of the run that failed, in virtual time', timeline),
    one(sim, 'Timeline of the run that passed', otherTimeline),
  ]
}

function one(sim: Sim, title: string, events: readonly TimelineEvent[]): HTMLElement {
  const rows = events.map((event, index) =>
    el(
      'li',
      { 'data-event': index, class: GRAVE.has(event.kind) ? 'grave' : undefined },
      el('span', { class: 'event-at' }, offset(event.at - sim.startMs)),
      el('span', { class: 'event-who' }, event.delivery === 0 ? 'queue' : oneLine(event.worker)),
      el('span', { class: 'event-what' }, oneLine(eventWords(event).replace(/^✗ /, ''))),
    ),
  )
  const drawing = drawTimeline(timelineLayout(events, sim.startMs), events)
  const part = section(title, drawing, el('ol', { class: 'plain events' }, ...rows))
  // What is pointed at in one is lit in the other.
  part.addEventListener('pointerover', ({ target }) => {
    const index = (target as Element).closest('[data-event]')?.getAttribute('data-event')
    for (const lit of part.querySelectorAll('.lit')) lit.classList.remove('lit')
    if (index !== undefined && index !== null)
      for (const item of part.querySelectorAll(`[data-event="${index}"]`)) item.classList.add('lit')
  })
  return part
}
