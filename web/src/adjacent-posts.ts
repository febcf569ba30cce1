import type { Post } from './api.ts'
import { localDay } from './dates.ts'
import { scrollToAnchor } from './scroll-anchor.ts'
import type { State } from './state.ts'

/** The open post and its neighbors in the timeline, as far as they are loaded. */
export function adjacentPosts({ timeline, place, isMuted }: State): {
  newer?: Post | undefined
  open?: Post | undefined
  older?: Post | undefined
} {
  const id = place.value.post
  const posts = timeline.posts.value.filter((post) => post.status_id === id || !isMuted.value(post))
  const at = posts.findIndex((post) => post.status_id === id)
  if (at < 0) return {}
  return { newer: posts[at - 1], open: posts[at], older: posts[at + 1] }
}

/** Opens the next older (1) or newer (-1) post in place of the open one, so that Back still closes the panel. */
export async function openAdjacent(state: State, step: 1 | -1): Promise<void> {
  const { open, older } = adjacentPosts(state)
  if (step === 1 && open && !older) await state.timeline.more()
  const next = step === 1 ? adjacentPosts(state).older : adjacentPosts(state).newer
  if (next) state.go({ post: next.status_id }, 'replace')
}

/** Shows the day of a post that a link from elsewhere opened, if it is not among the newest ones, and scrolls to it. */
export async function showAround(
  { timeline, place, browser, go }: State,
  { status_id: id, discovered_at }: Pick<Post, 'status_id' | 'discovered_at'>,
) {
  const isLoaded = (posts: readonly Post[]) => posts.some((post) => post.status_id === id)
  await timeline.loadUntil(() => true)
  if (browser.history.state?.inside || place.peek().at || place.peek().post !== id) return
  if (isLoaded(timeline.posts.peek())) return
  go({ at: localDay(Date.parse(discovered_at)) }, 'replace')
  await timeline.loadUntil((posts) => isLoaded(posts) || posts.at(-1)!.discovered_at < discovered_at)
  scrollToAnchor({ id, top: innerHeight / 3 })
}
