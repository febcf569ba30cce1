import { useComputed } from '@preact/signals'
import type { Post } from '../api.ts'
import { useApp } from '../app-context.ts'
import { decodeEntities } from '../entities.ts'
import { absolute, capitalize, duration } from '../format.ts'
import { Icon } from './Icon.tsx'
import { Metrics } from './Metrics.tsx'
import { PostText } from './PostText.tsx'
import { TimeAgo } from './TimeAgo.tsx'

/** One post of the timeline. A click anywhere outside its links opens it; so does its time, which is a link. */
export function PostRow({ post }: { post: Post }) {
  const { place, go } = useApp()
  const id = post.status_id
  const open = useComputed(() => (place.value.post === id ? 'true' : undefined))

  const onClick = (event: MouseEvent) => {
    if ((event.target as Element).closest('a, button') || getSelection()?.toString()) return
    go({ post: id })
  }
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
    </article>
  )
}

type Named = Pick<Post, 'author_display' | 'author_handle' | 'watch_tier'>

/** Display name, handle and tier. A name that only repeats the handle is omitted. */
export function Author({ post, labelId }: { post: Named; labelId?: string }) {
  const { author_handle: handle, watch_tier: tier } = post
  const name = decodeEntities(post.author_display ?? '')
  const same = !name || name.toLowerCase().replace(/[^\p{L}\p{N}_]/gu, '') === handle
  return (
    <h3 class="author" id={labelId}>
      {!same && <bdi class="name">{name}</bdi>}{' '}
      <a class={same ? 'name' : 'handle'} href={`?handle=${encodeURIComponent(handle)}`} title={`Posts by @${handle}`}>
        <bdi>@{handle}</bdi>
      </a>{' '}
      {tier && <span class="tier">{capitalize(tier)}</span>}
    </h3>
  )
}

type Marked = Pick<Post, 'is_significant' | 'significance_reason' | 'discovered_at'> & {
  reported_at?: string | null | undefined
}

/** Why a post matters, and whether it was reported. */
export function Marks({ post }: { post: Marked }) {
  const { is_significant, significance_reason: reason, reported_at } = post
  if (!is_significant && !reported_at) return null
  return (
    <ul class="marks" aria-label="Marks">
      {is_significant && (
        <li class="significant">
          <Icon name="star" /> Significant{reason && <span class="reason">: {decodeEntities(reason)}</span>}
        </li>
      )}
      {reported_at && (
        <li title={absolute(Date.parse(reported_at))}>
          <Icon name="sent" /> Reported {duration(Date.parse(post.discovered_at), Date.parse(reported_at))} later
        </li>
      )}
    </ul>
  )
}
