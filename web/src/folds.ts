import { effect } from '@preact/signals'
import type { Post } from './api.ts'
import type { State } from './state.ts'

type Duplicate = { status_id: string; similar_to: string | null }

/** While the reader wants similar posts folded, asks which of the loaded ones say nearly the same. */
export function foldSimilarPosts({ api, filters, timeline, folds }: State): void {
  effect(() => {
    const posts = timeline.posts.value
    folds.value = new Map()
    if (!filters.value.fold || !posts.length) return
    api.duplicates({ ...timeline.query(), since: posts.at(-1)!.discovered_at }).then(
      (found) => {
        if (timeline.posts.peek() === posts && filters.peek().fold) folds.value = foldPosts(posts, found)
      },
      // Unfolded, they can be read too.
      () => {},
    )
  })
}

/** Folds each post under the newest one of its group, so that more posts below never move what is above. */
function foldPosts(posts: readonly Post[], duplicates: readonly Duplicate[]) {
  const groups = new Map(duplicates.map(({ status_id, similar_to }) => [status_id, similar_to]))
  const newest = new Map<string, string>()
  const folds = new Map<string, Post[] | null>()
  for (const post of posts) {
    const group = groups.get(post.status_id)
    if (!group) continue
    const under = newest.get(group)
    if (under) {
      folds.set(under, [...(folds.get(under) ?? []), post])
      folds.set(post.status_id, null)
    } else newest.set(group, post.status_id)
  }
  return folds
}
