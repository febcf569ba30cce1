import { useComputed } from '@preact/signals'
import type { Post } from '../api.ts'
import { useApp } from '../app-context.ts'
import { DAY } from '../dates.ts'
import { absolute, ago, clock } from '../format.ts'
import { FoldedPosts } from '../lazy-parts.ts'
import { Author } from './Author.tsx'
import { Reason, Reported } from './Marks.tsx'
import { Metrics } from './Metrics.tsx'
import { PostText } from './PostText.tsx'

/** One post of the timeline. A click anywhere outside its links opens it; so does its time, which is a link. */
export function PostRow({ post }: { post: Post }) {
  const { place, go, folds, leftOff } = useApp()
  const id = post.status_id
  const open = useComputed(() => (place.value.post === id ? 'true' : undefined))
  const seen = useComputed(() => leftOff.value && post.cursor <= leftOff.value.cursor)
  const divider = useComputed(() => (leftOff.value?.id === id ? leftOff.value.label : undefined))

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
      data-significant={post.is_significant}
      data-seen={seen}
      tabIndex={-1}
      aria-current={open}
      aria-labelledby={`by-${id}`}
      onClick={onClick}
    >
      {divider.value && <p class="left-off">{divider}</p>}
      <header>
        <Author post={post} labelId={`by-${id}`} />
        <a class="when" href={`?post=${encodeURIComponent(id)}`}>
          <PostTime at={post.discovered_at} />
        </a>
      </header>
      <Reason post={post} />
      {post.body_text && <PostText text={post.body_text} />}
      <footer>
        <Metrics post={post} />
        <Reported post={post} />
      </footer>
      {folded.value && <FoldedPosts posts={folded.value} />}
    </article>
  )
}

/** How long ago, and after a day the time of day: the date is in the heading above. */
function PostTime({ at }: { at: string }) {
  const { now } = useApp()
  const time = Date.parse(at)
  const label = useComputed(() => (now.value - time < DAY ? ago(time, now.value) : clock(time)))
  return (
    <time dateTime={at} title={absolute(time)}>
      {label}
    </time>
  )
}
