import type { Post } from '../api.ts'
import { compact, whole } from '../format.ts'
import { Icon } from './Icon.tsx'

/** The four metrics in X's order, and one of each, which is also its icon. */
export const METRICS = [
  ['replies', 'reply'],
  ['reposts', 'repost'],
  ['likes', 'like'],
  ['views', 'view'],
] as const

export type Metric = (typeof METRICS)[number][0]

export function Metrics({ post }: { post: Post }) {
  return (
    <ul class="metrics" aria-label="Metrics">
      {METRICS.map(([metric, one]) => {
        const name = `${whole(post[metric])} ${post[metric] === 1 ? one : metric}`
        return (
          <li key={metric} title={name} data-zero={!post[metric]}>
            <Icon name={one} />
            <span aria-hidden="true">{post[metric] ? compact(post[metric]) : ''}</span>
            <span class="visually-hidden">{name}</span>
          </li>
        )
      })}
    </ul>
  )
}
