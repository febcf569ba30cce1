import { useSignal } from '@preact/signals'
import type { Post } from '../api.ts'
import { PostLinks } from './PostLinks.tsx'

/** Below a post of the timeline: the older ones that say nearly the same, once they are asked for. */
export function FoldedPosts({ posts }: { posts: readonly Post[] }) {
  const open = useSignal(false)
  return (
    <div class="folded">
      <button
        type="button"
        class="quiet"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value
        }}
      >
        {posts.length === 1 ? '1 more post says' : `${posts.length} more posts say`} nearly this
      </button>
      {open.value && <PostLinks posts={posts} />}
    </div>
  )
}
