import type { Post } from '../api.ts'
import { decodeEntities } from '../entities.ts'
import { capitalize } from '../format.ts'
import { authorLink } from '../links.ts'
import { Avatar } from './Avatar.tsx'

type Named = Pick<Post, 'author_display' | 'author_handle' | 'watch_tier'>

/** Initials, display name, handle and tier. A name that only repeats the handle is omitted. */
export function Author({ post, labelId }: { post: Named; labelId?: string }) {
  const { author_handle: handle, watch_tier: tier } = post
  const name = decodeEntities(post.author_display)
  const same = !name || name.toLowerCase().replace(/[^\p{L}\p{N}_]/gu, '') === handle
  return (
    <h3 class="author" id={labelId}>
      <Avatar name={name || handle} tier={tier} />
      <a href={authorLink(handle)} title={`Posts by @${handle}`}>
        {!same && <bdi class="name">{name}</bdi>} <bdi class={same ? 'name' : 'handle'}>@{handle}</bdi>
      </a>{' '}
      {tier && <span class={`tier ${tier}`}>{capitalize(tier)}</span>}
    </h3>
  )
}
