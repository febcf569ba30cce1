import { computed, effect, signal } from '@preact/signals'
import type { Api, WatchAccount } from './api.ts'
import type { Browser } from './browser.ts'
import { activeFilters, type Filters, NO_FILTERS } from './filters.ts'
import { localDay } from './format.ts'
import { type Place, readPlace, writePlace } from './place.ts'
import { createTimeline } from './timeline.ts'

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
  const timeline = createTimeline(api, { filters, filtersKey, browser })
  const watchlist = signal<WatchAccount[]>([])

  /** The first posts, or an error in their place, are painted: the rest of the page may load. */
  const firstPaintDone = signal(false)
  /** The list of keyboard shortcuts is open. */
  const shortcutsOpen = signal(false)

  let goingBack = false
  effect(() => {
    filtersKey.value
    if (!goingBack || !timeline.restore()) timeline.load()
  })

  /** Goes to another place; what is not given stays. Adds a history entry, or replaces the current one. */
  function go(to: Partial<Place>, step: 'push' | 'replace' = 'push') {
    const next = writePlace({ ...place.peek(), ...to })
    if (next === writePlace(place.peek())) return
    timeline.stash(browser.scrolled())
    const inside = step === 'push' || browser.history.state?.inside === true
    browser.history[step === 'push' ? 'pushState' : 'replaceState']({ inside }, '', next)
    search.value = next
  }

  /** Changes the filters and closes the side panel. */
  function filter(change: Partial<Filters>, step?: 'push' | 'replace') {
    go({ filters: { ...filters.peek(), ...change }, post: undefined, view: undefined }, step)
  }

  /** Closes the side panel: back to where it was opened from, if that was on this page. */
  function close() {
    if (browser.history.state?.inside) browser.history.back()
    else go({ post: undefined, view: undefined }, 'replace')
  }

  /** The browser went Back or Forward: shows the posts that were loaded there. */
  function handlePopState() {
    timeline.stash(browser.scrolled())
    goingBack = true
    search.value = browser.location.search
    goingBack = false
  }

  return {
    api,
    browser,
    place,
    filters,
    filtersKey,
    chips,
    now,
    today,
    timeline,
    watchlist,
    firstPaintDone,
    shortcutsOpen,
    go,
    filter,
    reset: () => filter(NO_FILTERS),
    close,
    handlePopState,
    updateClock: () => {
      now.value = browser.now()
    },
  }
}
