/// <reference types="vite/client" />
import { effect } from '@preact/signals'
import { highlightFound } from './highlight.ts'
import { listenToKeys } from './keys.ts'
import { look, reveal } from './newer.ts'
import type { State } from './state.ts'

export { Extras } from './components/Extras.tsx'
export { NewPosts } from './components/NewPosts.tsx'
export { Problem } from './components/Problem.tsx'
export { Sheet } from './components/Sheet.tsx'
export { Shortcuts } from './components/Shortcuts.tsx'

const MINUTE = 60_000
const IDLE = 10_000

/** Everything that starts when the first posts stand: the keys, the look for new posts, the title, the page offline. */
export function start(state: State): void {
  listenToKeys(state)
  lookForNewPosts(state)
  sayInTitle(state)
  offerFeed(state)
  highlightFound(state)
  state.api.watchlist().then(
    (accounts) => {
      state.watchlist.value = accounts
    },
    // Without it handles are not completed; nothing else is missing.
    () => {},
  )
  if (import.meta.env.PROD && 'serviceWorker' in navigator) navigator.serviceWorker.register('/sw.js').catch(() => {})
}

/** Every minute while the tab is visible, and at once when it comes to the front or the network is back. */
function lookForNewPosts(state: State): void {
  const { timeline, place } = state
  let lookedAt = Date.now()
  let touchedAt = Date.now()
  for (const event of ['pointermove', 'pointerdown', 'keydown', 'scroll', 'wheel', 'touchmove'])
    addEventListener(event, () => (touchedAt = Date.now()), { passive: true })

  const ask = async () => {
    if (document.hidden) return
    lookedAt = Date.now()
    if (timeline.error.peek() && timeline.error.peek()!.kind !== 'refused') return timeline.again()
    await look(state)
    const idleAtTop = scrollY < 8 && Date.now() - touchedAt > IDLE && !place.peek().post && !place.peek().view
    const reading = document.activeElement?.closest('.post, dialog, input')
    if (idleAtTop && !reading && timeline.newer.peek().length) await reveal(state)
  }
  const tick = () => {
    state.tick()
    if (Date.now() - lookedAt >= MINUTE) void ask()
  }
  setInterval(tick, MINUTE / 6)
  document.addEventListener('visibilitychange', tick)
  addEventListener('online', ask)
}

function sayInTitle({ timeline, place, chips }: State): void {
  effect(() => {
    const { post: id, view } = place.value
    const post = id && timeline.posts.value.find((one) => one.status_id === id)
    const waiting = timeline.newer.value.length
    const what = post
      ? `${post.author_display || `@${post.author_handle}`}: ${(post.body_text ?? '').slice(0, 60)}`
      : view
        ? 'Overview'
        : chips.value.map((chip) => chip.label).join(', ')
    document.title = `${waiting ? `(${waiting}) ` : ''}${what ? `${what} – ` : ''}XMonitor`
  })
}

/** Tells feed readers where the present filters are as a feed. */
function offerFeed({ api, filters }: State): void {
  const link = document.head.appendChild(document.createElement('link'))
  Object.assign(link, { rel: 'alternate', type: 'application/atom+xml', title: 'XMonitor' })
  effect(() => {
    link.href = api.atom(filters.value)
  })
}
