import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Post } from '../api.ts'
import { useApp } from '../app-context.ts'
import { PostLinks } from './PostLinks.tsx'

/** The posts most similar to the open one; nothing if there are none, or they cannot be loaded. */
export function SimilarPosts({ id }: { id: string }) {
  const { api } = useApp()
  const posts = useSignal<readonly Post[]>([])
  useEffect(() => {
    api.similar(id).then(
      (found) => {
        posts.value = found
      },
      // The post is there without them.
      () => {},
    )
  }, [id])
  if (!posts.value.length) return null
  return (
    <section class="similar" aria-labelledby="similar">
      <h3 id="similar">More like this</h3>
      <PostLinks posts={posts.value} />
    </section>
  )
}
