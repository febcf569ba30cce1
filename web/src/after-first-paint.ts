/// <reference types="vite/client" />
import { effect } from '@preact/signals'
import { trackDays } from './days.ts'
import { decodeEntities } from './entities.ts'
import { foldSimilarPosts } from './folds.ts'
import { capitalize } from './format.ts'
import { highlightFound } from './highlight.ts'
import { keepFocus } from './keep-focus.ts'
import { listenToKeys } from './keys.ts'
import { trackVisits } from './left-off.ts'
import { followLinks } from './navigation.ts'
import { countNewInViews } from './new-counts.ts'
import { pollForNewPosts } from './poll.ts'
import { savePositionOnLeave } from './save-position.ts'
import { registerServiceWorker } from './service-worker.ts'
import { access, followAccess } from './sign-in.ts'
import type { State } from './state.ts'
import { trackStats } from './stats.ts'

export { AuthorCard } from './components/AuthorCard.tsx'
export { DayStrip } from './components/DayStrip.tsx'
export { FilteredCount } from './components/FilteredCount.tsx'
export { FoldedPosts } from './components/FoldedPosts.tsx'
export { LoadError } from './components/LoadError.tsx'
export { NewPosts } from './components/NewPosts.tsx'
export { Shortcuts } from './components/Shortcuts.tsx'
export { SidePanel } from './components/SidePanel.tsx'
export { FilterSheet, Tools } from './components/Tools.tsx'

/** Starts everything that the first posts do not need: links without a reload, shortcuts, polling, the title, the offline copy. */
export function startAfterFirstPaint(state: State): void {
  const root = document.getElementById('app')!
  followLinks(state)
  savePositionOnLeave(state)
  listenToKeys(state)
  pollForNewPosts(state)
  trackDays(state)
  updateTitle(state)
  linkAtomFeed(state)
  highlightFound(state, root)
  foldSimilarPosts(state)
  countNewInViews(state, trackVisits(state))
  trackStats(state)
  keepFocus(root)
  followAccess(state, () => loadWatchlist(state))
  loadWatchlist(state)
  if (import.meta.env.PROD) registerServiceWorker()
}

function loadWatchlist({ api, watchlist }: State): void {
  api.watchlist().then(
    (accounts) => {
      watchlist.value = accounts
    },
    // Without the watchlist, handles are not completed; everything else works.
    () => {},
  )
}

function updateTitle({ timeline, place, chips }: State): void {
  effect(() => {
    const { post: id, view } = place.value
    const post = id && timeline.posts.value.find((one) => one.status_id === id)
    const waiting = timeline.newer.value.length
    const title = post
      ? decodeEntities(`${post.author_display || `@${post.author_handle}`}: ${post.body_text ?? ''}`).slice(0, 80)
      : view
        ? capitalize(view)
        : chips.value.map((chip) => chip.label).join(', ')
    document.title = `${waiting ? `(${waiting}) ` : ''}${title ? `${title} – ` : ''}XMonitor`
  })
}

/** The Atom feed of the current filters. */
function linkAtomFeed({ api, filters }: State): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel=alternate]')!
  effect(() => {
    link.href = api.atomUrl(filters.value, access.value.atom)
  })
}
