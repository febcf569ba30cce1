import type { Post } from './api.ts'
import type { State } from './state.ts'

/** The open post and its neighbors in the timeline, as far as they are loaded. */
export function adjacentPosts({ timeline, place }: State): Partial<Record<'newer' | 'open' | 'older', Post>> {
  const posts = timeline.posts.value
  const at = posts.findIndex((post) => post.status_id === place.value.post)
  if (at < 0) return {}
  const [newer, open, older] = [posts[at - 1], posts[at]!, posts[at + 1]]
  return { open, ...(newer && { newer }), ...(older && { older }) }
}

/** Opens the next older (1) or newer (-1) post in place of the open one, so that Back still closes the panel. */
export async function openAdjacent(state: State, step: 1 | -1): Promise<void> {
  const { open, older } = adjacentPosts(state)
  if (step === 1 && open && !older) await state.timeline.more()
  const next = step === 1 ? adjacentPosts(state).older : adjacentPosts(state).newer
  if (next) state.go({ post: next.status_id }, 'replace')
}
