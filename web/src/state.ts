import { computed, effect, signal } from '@preact/signals'
import { activeFilters, type Filters, NO_FILTERS, type Place, readPlace, writePlace } from './address.ts'
import type { Api } from './api.ts'
import { localDay } from './format.ts'
import { createTimeline } from './timeline.ts'

/** What the state needs of a browser; a test hands over its own. */
export type Browser = {
  location: Pick<Location, 'search'>
  history: Pick<History, 'pushState' | 'replaceState' | 'back' | 'state'>
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  now: () => number
}

export type State = ReturnType<typeof createState>

/** The whole state of the page: signals, what is computed from them, and the actions that change them. */
export function createState(api: Api, browser: Browser) {
  const search = signal(browser.location.search)
  const place = computed(() => readPlace(search.value))
  const filtersKey = computed(() => writePlace({ filters: place.value.filters }))
  const filters = computed(() => readPlace(filtersKey.value).filters)
  const chips = computed(() => activeFilters(filters.value))
  const now = signal(browser.now())
  const today = computed(() => localDay(now.value))

  const timeline = createTimeline(api, { filters, filtersKey, now: browser.now })
  const watchlist = signal<{ handle: string; tier: string }[]>([])

  effect(() => {
    filtersKey.value
    timeline.load()
  })

  /** Goes to another place. What is not named stays; other filters than the present ones are a new step of Back. */
  function go(to: Partial<Place>, step: 'push' | 'replace' = 'push') {
    const next = writePlace({ ...place.peek(), ...to })
    if (next === writePlace(place.peek())) return
    const inside = step === 'push' || browser.history.state?.inside === true
    browser.history[step === 'push' ? 'pushState' : 'replaceState']({ inside }, '', next)
    search.value = next
  }

  return {
    place,
    filters,
    filtersKey,
    chips,
    now,
    today,
    timeline,
    watchlist,
    go,
    filter: (change: Partial<Filters>, step?: 'push' | 'replace') =>
      go({ filters: { ...filters.peek(), ...change }, view: undefined }, step),
    reset: () => go({ filters: NO_FILTERS, post: undefined, view: undefined }),
    /** Closes what is open beside the timeline: back to where it was opened from, if that was here. */
    close() {
      if (browser.history.state?.inside) browser.history.back()
      else go({ post: undefined, view: undefined }, 'replace')
    },
    /** The browser went Back or Forward. */
    moved() {
      search.value = browser.location.search
    },
    tick() {
      now.value = browser.now()
    },
    async loadWatchlist() {
      watchlist.value = await api.watchlist().catch(() => [])
    },
  }
}
