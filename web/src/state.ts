import { computed, effect, signal } from '@preact/signals'
import type { Api, Post, WatchAccount } from './api.ts'
import type { Browser } from './browser.ts'
import { localDay } from './dates.ts'
import { activeFilters } from './filter-labels.ts'
import { type Filters, NO_FILTERS } from './filters.ts'
import { muteFilter, storeKept } from './kept.ts'
import { type Place, readPlace, writePlace } from './place.ts'
import { storeViews } from './saved-views.ts'
import { createTimeline } from './timeline.ts'

type LeftOff = {
  /** The first instant of what is new. */
  since: string
  /** Of the newest post then. */
  cursor: string
  /** The first post that is not newer, if there are newer ones. */
  id: string | undefined
  /** What is new since. */
  label: string
  hasNew: boolean
}

/** A day's posts, and by the hour of the reader's clock. */
export type DayCounts = { posts: number; hours: number[]; significant: number[] }

export type State = ReturnType<typeof createState>

/** The whole state of the page: signals, what is computed from them, and the actions that change them. */
export function createState(api: Api, browser: Browser) {
  const search = signal(browser.location.search)
  const place = computed(() => readPlace(search.value))
  const filtersKey = computed(() => writePlace({ filters: place.value.filters }))
  const filters = computed(() => readPlace(filtersKey.value).filters)
  /** What the timeline shows: the filters, and where it begins. */
  const timelineKey = computed(() => writePlace({ filters: place.value.filters, at: place.value.at }))
  const chips = computed(() => activeFilters(filters.value))
  const now = signal(browser.now())
  const today = computed(() => localDay(now.value))
  const timeline = createTimeline(api, { key: timelineKey, browser })
  /** The days that are loaded to their end, once the first posts are painted. */
  const days = signal<ReadonlyMap<string, DayCounts>>(new Map())
  const watchlist = signal<WatchAccount[]>([])

  /** Per post that says nearly what others say: the older ones that are folded under it, or null if it is folded itself. */
  const folds = signal<ReadonlyMap<string, readonly Post[] | null>>(new Map())

  /** The first posts, or an error in their place, are painted: the rest of the page may load. */
  const firstPaintDone = signal(false)
  /** Where the last visit to this view ended. */
  const leftOff = signal<LeftOff | undefined>()
  /** How many posts are new in each saved view since the reader last looked at it; a page of them stands for more. */
  const newCounts = signal<ReadonlyMap<string, number>>(new Map())
  const { value: kept, update: updateKept } = storeKept(browser.storage)
  const { value: views, update: updateViews } = storeViews(browser.storage)
  const isMuted = computed(() => muteFilter(kept.value.muted, filters.value.handles))
  /** Marked as read, or else seen on an earlier visit. */
  const isRead = ({ status_id: id, cursor }: Pick<Post, 'status_id' | 'cursor'>) =>
    kept.value.read[id] ?? (leftOff.value !== undefined && cursor <= leftOff.value.cursor)
  /** The open dialog. It has a history entry of its own, so that Back closes it. */
  const dialog = signal<'filters' | 'shortcuts' | undefined>()
  let keyBeforeDialog = ''

  let goingBack = false
  effect(() => {
    timelineKey.value
    if (!goingBack || !timeline.restore()) timeline.load()
  })

  /** Goes to another place; what is not given stays. Adds a history entry, or replaces the current one. */
  function go(to: Partial<Place>, step: 'push' | 'replace' = 'push') {
    const next = writePlace({ ...place.peek(), ...to })
    if (next === writePlace(place.peek())) return
    timeline.stash()
    if (dialog.peek()) step = 'replace'
    const inside = step === 'push' || browser.history.state?.inside === true
    browser.history[step === 'push' ? 'pushState' : 'replaceState']({ inside }, '', next)
    search.value = next
  }

  /** Changes the filters and closes the side panel. */
  function filter(change: Partial<Filters>, step?: 'push' | 'replace') {
    go({ filters: { ...filters.peek(), ...change }, at: undefined, post: undefined, view: undefined }, step)
  }

  /** Closes the side panel: back to where it was opened from, if that was on this page. */
  function close() {
    if (browser.history.state?.inside) browser.history.back()
    else go({ post: undefined, view: undefined }, 'replace')
  }

  function openDialog(name: 'filters' | 'shortcuts') {
    keyBeforeDialog = filtersKey.peek()
    browser.history.pushState({ inside: true }, '')
    dialog.value = name
  }

  function closeDialog() {
    if (dialog.peek()) browser.history.back()
  }

  /** Closes the dialog for a link in it; the link replaces the dialog's history entry, unless that has new filters. */
  function leaveDialog(): 'push' | 'replace' {
    const unchanged = dialog.peek() !== undefined && filtersKey.peek() === keyBeforeDialog
    dialog.value = undefined
    return unchanged ? 'replace' : 'push'
  }

  // Back has left the dialog's entry, and with it the filters that were chosen there: they get an entry of their own.
  function keepFiltersOfDialog() {
    dialog.value = undefined
    const chosen = writePlace(place.peek())
    if (chosen !== writePlace(readPlace(browser.location.search)))
      browser.history.pushState({ inside: true }, '', chosen)
  }

  /** The browser went Back or Forward: shows the posts that were loaded there. */
  function handlePopState() {
    if (dialog.peek()) return keepFiltersOfDialog()
    timeline.stash()
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
    timelineKey,
    chips,
    now,
    today,
    days,
    timeline,
    watchlist,
    folds,
    firstPaintDone,
    leftOff,
    kept,
    updateKept,
    isMuted,
    isRead,
    newCounts,
    views,
    updateViews,
    dialog,
    openDialog,
    closeDialog,
    leaveDialog,
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
