import type { Post } from '../api.ts'
import { decodeEntities } from '../entities.ts'
import { exactTime } from '../exact-time.ts'
import { capitalize, duration } from '../format.ts'
import { Icon } from './Icon.tsx'

/** Why a post matters, before its text. */
export function Reason({ post }: { post: Pick<Post, 'is_significant' | 'significance_reason'> }) {
  if (!post.is_significant) return null
  const reason = decodeEntities(post.significance_reason)
  return (
    <p class="reason">
      <Icon name="star" /> <span class={reason && 'visually-hidden'}>Significant</span>
      {reason && <span class="visually-hidden">: </span>}
      {capitalize(reason)}
    </p>
  )
}

/** How soon the post was reported. */
export function Reported({
  post,
}: {
  post: Pick<Post, 'discovered_at'> & { reported_at?: string | null | undefined }
}) {
  if (!post.reported_at) return null
  const [found, reported] = [Date.parse(post.discovered_at), Date.parse(post.reported_at)]
  return (
    <p class="reported" onMouseEnter={exactTime(reported)}>
      <Icon name="sent" /> Reported {duration(found, reported)} later
    </p>
  )
}
