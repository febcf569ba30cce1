import { effect, type ReadonlySignal } from '@preact/signals'
import { newerArguments, newSince, type Visit } from './left-off.ts'
import { readPlace } from './place.ts'
import type { State } from './state.ts'

/** Counts what is new in each saved view since the reader last looked at it, whenever the feed is found up to date. */
export function countNewInViews(state: State, visits: ReadonlySignal<Record<string, Visit>>): void {
  const { api, browser, views, filtersKey, timeline, newCounts } = state
  const count = async (key: string): Promise<[string, number]> => {
    const visit = visits.peek()[key]
    if (!visit || key === filtersKey.peek()) return [key, 0]
    const args = newerArguments(readPlace(key).filters, newSince(visit), browser.now())
    return [key, (await api.feed({ ...args, select: 'status_id' })).length]
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
