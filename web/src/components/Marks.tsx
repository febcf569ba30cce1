import type { Post } from '../api.ts'
import { decodeEntities } from '../entities.ts'
import { absolute, duration } from '../format.ts'
import { Icon } from './Icon.tsx'

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
