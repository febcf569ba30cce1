import { useApp } from '../app-context.ts'
import { useLoaded } from '../use-loaded.ts'
import { PostLinks } from './PostLinks.tsx'

/** The posts most similar to the open one; nothing if there are none, or they cannot be loaded. */
export function SimilarPosts({ id }: { id: string }) {
  const { api } = useApp()
  // Without them the post is there too.
  const { answer: posts } = useLoaded(() => api.similar(id), [id])
  if (!posts?.length) return null
  return (
    <section class="similar" aria-labelledby="similar">
      <h3 id="similar">More like this</h3>
      <PostLinks posts={posts} />
    </section>
  )
}
