import { useComputed } from '@preact/signals'
import type { Post } from '../api.ts'
import { useApp } from '../app-context.ts'
import { FoldedPosts } from '../lazy-parts.ts'
import { Author } from './Author.tsx'
import { Marks } from './Marks.tsx'
import { Metrics } from './Metrics.tsx'
import { PostText } from './PostText.tsx'
import { TimeAgo } from './TimeAgo.tsx'

/** One post of the timeline. A click anywhere outside its links opens it; so does its time, which is a link. */
export function PostRow({ post }: { post: Post }) {
  const { place, go, folds } = useApp()
  const id = post.status_id
  const open = useComputed(() => (place.value.post === id ? 'true' : undefined))
  const folded = useComputed(() => folds.value.get(id))

  const onClick = (event: MouseEvent) => {
    if ((event.target as Element).closest('a, button') || getSelection()?.toString()) return
    go({ post: id })
  }
  if (folded.value === null) return null
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: by keyboard, the time's link, Enter and o do it.
    <article
      class="post"
      id={`post-${id}`}
      data-id={id}
      tabIndex={-1}
      aria-current={open}
      aria-labelledby={`by-${id}`}
      onClick={onClick}
    >
      <header>
        <Author post={post} labelId={`by-${id}`} />
        <a class="when" href={`?post=${encodeURIComponent(id)}`}>
          <TimeAgo at={post.discovered_at} />
        </a>
      </header>
      {post.body_text && <PostText text={post.body_text} />}
      <footer>
        <Metrics post={post} />
        <Marks post={post} />
      </footer>
      {folded.value && <FoldedPosts posts={folded.value} />}
    </article>
  )
}
