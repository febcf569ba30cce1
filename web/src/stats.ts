import { effect, signal } from '@preact/signals'
import type { Stats } from './api.ts'
import type { ApiError } from './api-error.ts'
import { feedArguments } from './filters.ts'
import { whole } from './format.ts'
import type { State } from './state.ts'

/** How many posts the filters have, and which filters. */
export const stats = signal<{ key: string; numbers: Stats } | undefined>()
/** Why they are not known. */
export const statsError = signal<ApiError | undefined>()

/** Counts the posts of the filters whenever the timeline shows other ones, or is found up to date. */
export function trackStats(state: State): void {
  effect(() => {
    state.timeline.checkedAt.value
    if (state.timeline.loadedKey.value !== undefined) loadStats(state)
  })
}

export function loadStats({ api, browser, filters, filtersKey }: State): void {
  const key = filtersKey.peek()
  api.stats(feedArguments(filters.peek(), browser.now())).then(
    (numbers) => {
      if (key !== filtersKey.peek()) return
      stats.value = { key, numbers }
      statsError.value = undefined
    },
    (problem) => {
      if (key === filtersKey.peek()) statsError.value = problem
    },
  )
}

/** '1,234' or '10,000+'. */
export const countOf = (stats: Stats, what: 'posts' | 'significant' | 'unreported'): string =>
  `${whole(stats[what])}${stats.exact ? '' : '+'}`
