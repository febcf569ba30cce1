import { batch } from '@preact/signals'
import { PAGE_SIZE } from './api.ts'
import { firstRow } from './rows.ts'
import type { State } from './state.ts'
import { page } from './timeline.ts'

/** Asks for posts newer than the newest here; they wait in `newer`, and nothing moves. */
export async function look({ api, browser, timeline, filtersKey }: State): Promise<void> {
  const { posts, busy, error, loadedKey, newer } = timeline
  const newest = posts.peek()[0]
  const key = filtersKey.peek()
  const asked = timeline.asked()
  if (busy.peek() || error.peek() || loadedKey.peek() !== key) return
  if (!newest) return timeline.load()
  // Nothing new can come before an end in the past.
  if (asked.until && Date.parse(asked.until) < browser.now()) return
  const found = await api.feed({ ...asked, since: newest.discovered_at }).catch(() => [])
  if (loadedKey.peek() !== key || posts.peek()[0] !== newest) return
  const known = new Set(posts.peek().map((post) => post.status_id))
  newer.value = found.filter((post) => !known.has(post.status_id))
}

/** Puts the waiting posts on top. More than a page of them leaves a gap: then everything is read anew. */
export async function reveal({ timeline }: State): Promise<void> {
  const waiting = timeline.newer.peek()
  if (waiting.length >= PAGE_SIZE) await timeline.load()
  else if (waiting.length)
    batch(() => {
      timeline.pages.value = [page(waiting), ...timeline.pages.peek()]
      timeline.newer.value = []
    })
}

/** The same because the reader asked for it: with the first of them in focus. */
export async function goToNewest(state: State): Promise<void> {
  await reveal(state)
  scrollTo(0, 0)
  requestAnimationFrame(() => firstRow()?.focus({ preventScroll: true }))
}
