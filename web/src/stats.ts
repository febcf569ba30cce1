import { effect, signal } from '@preact/signals'
import type { Stats } from './api.ts'
import type { ApiError } from './api-error.ts'
import { type Filters, feedArguments } from './filters.ts'
import { whole } from './format.ts'
import { writePlace } from './place.ts'
import type { State } from './state.ts'

/** How many posts the filters have, and which filters; or why that is not known. */
export const stats = signal<{ key?: string; numbers?: Stats | undefined; error?: ApiError }>({})

/** Counts the posts of the filters whenever the timeline shows other ones, or is found up to date. */
export function trackStats(state: State): void {
  effect(() => {
    state.timeline.checkedAt.value
    if (state.timeline.loadedKey.value !== undefined) loadStats(state)
  })
}

export async function loadStats({ api, browser, filters, filtersKey }: State): Promise<void> {
  const key = filtersKey.peek()
  const found = await api.stats(feedArguments(filters.peek(), browser.now())).then(
    (numbers) => ({ key, numbers }),
    (error) => ({ ...stats.peek(), error }),
  )
  if (key === filtersKey.peek()) stats.value = found
}

/** The numbers of the posts of some filters, '1,234' or '10,000+', each with its name and a link to what it counts. */
export function countsOf(numbers: Stats, filters: Filters): [count: string, name: string, href: string][] {
  const { posts, exact } = numbers
  const count = (number: number) => `${whole(number)}${exact ? '' : '+'}`
  const significant = { ...filters, significant: true }
  return [
    [count(posts), posts === 1 ? 'post' : 'posts', writePlace({ filters })],
    [count(numbers.significant), 'significant', writePlace({ filters: significant })],
    [count(numbers.unreported), 'unreported', writePlace({ filters: { ...significant, reported: false } })],
  ]
}
