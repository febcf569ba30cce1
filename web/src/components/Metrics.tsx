import type { Post } from '../api.ts'
import { compact, whole } from '../format.ts'
import { Icon } from './Icon.tsx'

/** The four metrics in X's order: column, icon, singular, plural. */
export const METRICS = [
  ['replies', 'reply', 'reply', 'replies'],
  ['reposts', 'repost', 'repost', 'reposts'],
  ['likes', 'like', 'like', 'likes'],
  ['views', 'view', 'view', 'views'],
] as const

export type Metric = (typeof METRICS)[number][0]

export function Metrics({ post }: { post: Post }) {
  return (
    <ul class="metrics" aria-label="Metrics">
      {METRICS.map(([metric, icon, one, many]) => {
        const name = `${whole(post[metric])} ${post[metric] === 1 ? one : many}`
        return (
          <li key={metric} title={name} data-zero={!post[metric]}>
            <Icon name={icon} />
            <span aria-hidden="true">{post[metric] ? compact(post[metric]) : ''}</span>
            <span class="visually-hidden">{name}</span>
          </li>
        )
      })}
    </ul>
  )
}
