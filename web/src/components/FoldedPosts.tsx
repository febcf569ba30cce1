import type { Post } from '../api.ts'
import { Disclosure } from './Disclosure.tsx'
import { PostLinks } from './PostLinks.tsx'

/** Below a post of the timeline: the older ones that say nearly the same, once they are asked for. */
export function FoldedPosts({ posts }: { posts: readonly Post[] }) {
  const { length } = posts
  return (
    <div class="folded">
      <Disclosure class="quiet" label={`${length === 1 ? '1 more post says' : `${length} more posts say`} nearly this`}>
        <PostLinks posts={posts} />
      </Disclosure>
    </div>
  )
}
