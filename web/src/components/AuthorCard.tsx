import { useApp } from '../app-context.ts'
import { compact, counted } from '../format.ts'
import { useLoaded } from '../use-loaded.ts'
import { Author } from './Author.tsx'
import { PostLinks } from './PostLinks.tsx'
import { TimeAgo } from './TimeAgo.tsx'

/** Who an author is, in numbers; nothing if the author is unknown or cannot be loaded. */
export function AuthorCard({ handle }: { handle: string }) {
  const { api, timeline } = useApp()
  const { answer: author } = useLoaded(() => api.author(handle), [handle, timeline.checkedAt.value])
  if (author?.handle !== handle) return null
  const { best_post: best, posts_per_week: rate } = author
  return (
    <section class="author-card">
      <h2 class="visually-hidden">Author</h2>
      <Author post={{ author_handle: handle, author_display: author.display_name, watch_tier: author.tier }} />
      <p dir="auto">{author.note}</p>
      {best && (
        <>
          <p>
            {author.exact ? counted(author.posts) : '10,000+ posts'}
            {rate && ` · ${compact(rate)} per week`} · median {compact(author.median_likes!)} likes,{' '}
            {compact(author.median_views!)} views
          </p>
          <p>
            First seen <TimeAgo at={author.first_seen_at!} />, last seen <TimeAgo at={author.last_seen_at!} />
          </p>
          <PostLinks posts={[{ ...best, note: `best: ${compact(best.likes)} likes` }]} />
        </>
      )}
    </section>
  )
}
