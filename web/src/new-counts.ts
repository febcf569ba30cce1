import { effect, type ReadonlySignal } from '@preact/signals'
import { feedArguments } from './filters.ts'
import type { Visit } from './left-off.ts'
import { readPlace } from './place.ts'
import type { State } from './state.ts'

/** Counts what is new in each saved view since the reader last looked at it, whenever the feed is found up to date. */
export function countNewInViews(state: State, visits: ReadonlySignal<Record<string, Visit>>): void {
  const { api, browser, views, filtersKey, timeline, newCounts } = state
  const count = async (key: string): Promise<[string, number]> => {
    const { newest } = visits.peek()[key] ?? {}
    if (newest === undefined || key === filtersKey.peek()) return [key, 0]
    const args = feedArguments(readPlace(key).filters, browser.now())
    const since = new Date(Date.parse(newest) + 1).toISOString()
    const found = await api.feed({
      ...args,
      since: args.since && args.since > since ? args.since : since,
      select: 'status_id',
    })
    return [key, found.length]
  }
  effect(() => {
    timeline.checkedAt.value
    const keys = views.value.map((view) => view.key)
    if (!keys.length) return
    Promise.all(['?', ...keys].map(count)).then(
      (counts) => {
        newCounts.value = new Map(counts)
      },
      // Without counts, the views can be read too.
      () => {},
    )
  })
}
