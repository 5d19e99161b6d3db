import type { Sim } from '../data.ts'
import { el } from '../dom.ts'
import { markIcon } from '../icons.ts'
import { number, plural, reasons, section } from './parts.ts'
import type { Part } from './simulation.ts'

/** What was not tested, and why. */
export function coverageView(sim: Sim): Part {
  const { summary, scenarios } = sim.data
  const approximate = scenarios.filter((scenario) => scenario.approximate !== undefined).length
  const real = scenarios.filter(({ timing }) => timing === 'real').length
  const left = Object.entries(summary.notCovered)
  const body = el(
    'div',
    { class: 'prose' },
    el(
      'p',
      { class: `callout ${summary.exhaustive ? 'callout-good' : 'callout-warn'}` },
      markIcon(
        summary.exhaustive ? 'survived' : 'unsure',
        summary.exhaustive ? 'exhaustive' : 'not exhaustive',
      ),
      summary.exhaustive
        ? 'Exhaustive: every chosen fault was tried at every chosen hit of every failure point that the run without faults reached and where it can strike.'
        : `Not exhaustive: ${summary.skipped > 0 ? `${plural(summary.skipped, 'scenario')} of ${number(summary.skipped + summary.scenarios)} ${summary.skipped === 1 ? 'was' : 'were'} not run.` : 'something was left out, see below.'}`,
    ),
    left.length === 0 ? undefined : section('Left out', reasons(left)),
    Object.keys(summary.notApplicable).length === 0
      ? undefined
      : section('Where a fault cannot strike', reasons(Object.entries(summary.notApplicable))),
    approximate + real === 0
      ? undefined
      : section(
          'What the verdicts are worth',
          el(
            'ul',
            {},
            approximate > 0
              ? el(
                  'li',
                  {},
                  `${plural(approximate, 'verdict')} ${approximate === 1 ? 'is' : 'are'} approximate: the real death of a process may differ.`,
                )
              : undefined,
            real > 0
              ? el('li', {}, `${plural(real, 'verdict')} depended on how long something really took.`)
              : undefined,
          ),
        ),
    section(
      'What no simulation covers',
      el(
        'p',
        { class: 'dim' },
        'Lines that the run without faults never reached have no failure points and no verdict: they show no mark in the source. A surviving scenario says that this fault, at this point, did no harm that the assertions can see. Code of libraries is not struck; its calls are.',
      ),
    ),
  )
  return { body, title: 'Not covered' }
}
