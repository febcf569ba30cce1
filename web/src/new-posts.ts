import { batch } from '@preact/signals'
import { PAGE_SIZE } from './api-url.ts'
import { firstPost } from './post-focus.ts'
import type { State } from './state.ts'
import { toPage } from './timeline.ts'

/** Asks for posts newer than the newest one loaded. They wait in `newer`; nothing moves. */
export async function checkForNew({ api, browser, timeline, timelineKey }: State): Promise<void> {
  const { posts, loading, error, loadedKey, newer } = timeline
  const newest = posts.peek()[0]
  const key = timelineKey.peek()
  const query = timeline.query()
  if (loading.peek() || error.peek() || loadedKey.peek() !== key) return
  if (!newest) return timeline.load()
  // A range that ended in the past gets no new posts.
  const past = query.until && Date.parse(query.until) < browser.now()
  const found = past
    ? []
    : await api.feed({ ...query, since: newest.discovered_at }).catch((problem) => {
        // The reader's access has ended: the feed says so.
        if (problem.kind === 'private') void timeline.load()
      })
  if (!found || loadedKey.peek() !== key || posts.peek()[0] !== newest) return
  const known = new Set(posts.peek().map((post) => post.status_id))
  batch(() => {
    newer.value = found.filter((post) => !known.has(post.status_id))
    timeline.checkedAt.value = browser.now()
  })
}

/** Puts the waiting posts on top. A full page of them may leave a gap, so then the feed is loaded again. */
export async function showNew({ timeline }: State): Promise<void> {
  const waiting = timeline.newer.peek()
  if (waiting.length >= PAGE_SIZE) await timeline.load()
  else if (waiting.length)
    batch(() => {
      timeline.pages.value = [toPage(waiting), ...timeline.pages.peek()]
      timeline.newer.value = []
    })
}

/** Shows them because the reader asked, and focuses the first one. */
export async function showNewAndFocus(state: State): Promise<void> {
  await showNew(state)
  scrollTo(0, 0)
  requestAnimationFrame(() => firstPost()?.focus({ preventScroll: true }))
}
