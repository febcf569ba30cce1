import { computed, effect, signal } from '@preact/signals'
import { activeFilters, type Filters, NO_FILTERS, type Place, readPlace, writePlace } from './address.ts'
import type { Api, WatchAccount } from './api.ts'
import { localDay } from './format.ts'
import { createTimeline } from './timeline.ts'

/** What the state needs of a browser; a test hands over its own. */
export type Browser = {
  location: Pick<Location, 'search'>
  history: Pick<History, 'pushState' | 'replaceState' | 'back' | 'state'>
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  now: () => number
  scrolled: () => number
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
  const timeline = createTimeline(api, { filters, filtersKey, browser })
  const watchlist = signal<WatchAccount[]>([])

  /** The first posts are painted, or what stands in their place: the rest of the page may come. */
  const standing = signal(false)
  /** The list of keys is shown. */
  const helping = signal(false)

  let returning = false
  effect(() => {
    filtersKey.value
    if (!returning || !timeline.unshelve()) timeline.load()
  })

  /** Goes to another place: what is not named stays. A step of its own for Back, unless it replaces the present one. */
  function go(to: Partial<Place>, step: 'push' | 'replace' = 'push') {
    const next = writePlace({ ...place.peek(), ...to })
    if (next === writePlace(place.peek())) return
    timeline.shelve(browser.scrolled())
    const inside = step === 'push' || browser.history.state?.inside === true
    browser.history[step === 'push' ? 'pushState' : 'replaceState']({ inside }, '', next)
    search.value = next
  }

  /** Narrows the timeline; what was open beside it closes. */
  function filter(change: Partial<Filters>, step?: 'push' | 'replace') {
    go({ filters: { ...filters.peek(), ...change }, post: undefined, view: undefined }, step)
  }

  /** Closes what is open: back to where it was opened from, if that was here. */
  function close() {
    if (browser.history.state?.inside) browser.history.back()
    else go({ post: undefined, view: undefined }, 'replace')
  }

  /** The browser went Back or Forward: the posts loaded there before are shown again. */
  function moved() {
    timeline.shelve(browser.scrolled())
    returning = true
    search.value = browser.location.search
    returning = false
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
    standing,
    helping,
    go,
    filter,
    reset: () => filter(NO_FILTERS),
    close,
    moved,
    tick: () => {
      now.value = browser.now()
    },
  }
}
