import type { Post } from '../api.ts'
import { counted } from '../format.ts'
import { Disclosure } from './Disclosure.tsx'
import { PostLinks } from './PostLinks.tsx'

/** Below a post of the timeline: the older ones that say nearly the same, once they are asked for. */
export function FoldedPosts({ posts }: { posts: readonly Post[] }) {
  return (
    <div class="folded">
      <Disclosure class="quiet" label={counted(posts.length, 'similar post')}>
        <PostLinks posts={posts} />
      </Disclosure>
    </div>
  )
}
