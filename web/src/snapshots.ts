import type { PostDetails, Snapshot } from './api.ts'
import type { Metric } from './components/Metrics.tsx'

type Post = PostDetails['post']

/**
 * A snapshot's value as the monitor recorded it; null if it did not. The snapshots that were derived from the post itself
 * hold its current value where the post has no earlier one.
 */
export function recordedValue(snapshot: Snapshot, post: Post, metric: Metric): number | null {
  const { snapshot_type, snapshot_at } = snapshot
  const derivedFrom =
    snapshot_type === 'initial_capture' && snapshot_at === post.discovered_at
      ? post[`initial_${metric}`]
      : snapshot_type === 'refresh_24h' && snapshot_at === post.refresh_24h_at
        ? post[`${metric}_24h`]
        : snapshot[metric]
  return derivedFrom === null ? null : snapshot[metric]
}
