import { useComputed } from '@preact/signals'
import type { Post } from '../api.ts'
import { useApp } from '../app-context.ts'
import { DAY } from '../dates.ts'
import { ago, clock } from '../format.ts'
import { toggle } from '../kept.ts'
import { FoldedPosts } from '../lazy-parts.tsx'
import { postLink } from '../links.ts'
import { Author } from './Author.tsx'
import { Icon } from './Icon.tsx'
import { Reason, Reported } from './Marks.tsx'
import { Metrics } from './Metrics.tsx'
import { PostText } from './PostText.tsx'
import { TimeAgo } from './TimeAgo.tsx'

/** One post of the timeline. A click anywhere outside its links opens it; so does its time, which is a link. */
export function PostRow({ post }: { post: Post }) {
  const { place, go, folds, leftOff, kept, updateKept, isMuted, isRead } = useApp()
  const id = post.status_id
  const open = useComputed(() => (place.value.post === id ? 'true' : undefined))
  const read = useComputed(() => isRead(post))
  const saved = useComputed(() => kept.value.saved.includes(id))
  const divider = useComputed(() => (leftOff.value?.id === id ? leftOff.value.label : undefined))

  const folded = useComputed(() => (isMuted.value(post) ? null : folds.value.get(id)))

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
      data-read={read}
      tabIndex={-1}
      aria-current={open}
      aria-labelledby={`by-${id}`}
      onClick={onClick}
    >
      {divider.value && <p class="left-off">{divider}</p>}
      <header>
        <Author post={post} labelId={`by-${id}`} />
        <a class="when" href={postLink(id)}>
          <TimeAgo at={post.discovered_at} format={agoOrClock} />
        </a>
      </header>
      <Reason post={post} />
      {post.body_text && <PostText text={post.body_text} />}
      <footer>
        <Metrics post={post} />
        <Reported post={post} />
        {/* By keyboard, s does it. */}
        <button
          class="keep"
          tabIndex={-1}
          aria-label="Save"
          aria-pressed={saved}
          onClick={() => updateKept((all) => ({ ...all, saved: toggle(all.saved, id) }))}
        >
          <Icon name="saved" />
        </button>
      </footer>
      {folded.value && <FoldedPosts posts={folded.value} />}
    </article>
  )
}

/** How long ago, and after a day the time of day: the date is in the heading above. */
const agoOrClock = (time: number, now: number) => (now - time < DAY ? ago(time, now) : clock(time))
