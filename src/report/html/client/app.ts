import type { Route } from '../route.ts'
import type { Report } from './data.ts'

/** What a view is given. */
export interface App {
  readonly report: Report
  readonly route: Route
  /** Changes the address without a step in the history, and draws only what depends on the filter. */
  refilter(filter: Route['filter']): void
}

/** What a view gives back. */
export interface View {
  readonly title: string
  readonly main: HTMLElement
  /** Draws what depends on the filter anew. */
  readonly refilter?: (route: Route) => void
  /** Moves the focus, where it is not simply among what is marked with `data-nav`. */
  readonly move?: (by: number) => void
  /** Where `u` leads. */
  readonly up?: string
  /** Where `[` and `]` lead. */
  readonly previous?: string | undefined
  readonly next?: string | undefined
}
