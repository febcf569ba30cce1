import type { Post } from './api.ts'
import type { State } from './state.ts'

/** The open post and those beside it, as far as the timeline has them. */
export function neighbours({ timeline, place }: State): Partial<Record<'newer' | 'open' | 'older', Post | undefined>> {
  const posts = timeline.posts.value
  const at = posts.findIndex((post) => post.status_id === place.value.post)
  return at < 0 ? {} : { newer: posts[at - 1], open: posts[at], older: posts[at + 1] }
}

/** Opens the next older (1) or newer (-1) post in place of the open one, so that Back still closes it. */
export async function openBeside(state: State, by: 1 | -1): Promise<void> {
  const { open, older } = neighbours(state)
  if (by === 1 && open && !older) await state.timeline.more()
  const next = by === 1 ? neighbours(state).older : neighbours(state).newer
  if (next) state.go({ post: next.status_id }, 'replace')
}
