// temporary; replaced by the generated file
type Metrics = { likes: number; reposts: number; replies: number; views: number }
type Item = Metrics & {
  status_id: string
  discovered_at: string
  author_handle: string
  author_display: string | null
  watch_tier: string | null
  body_text: string | null
  url: string
  is_significant: boolean
  significance_reason: string | null
}
export interface components {
  schemas: {
    FeedItem: Item & { reported_at: string | null; cursor: string }
    PostDetails: {
      post: Item & {
        posted_relative: string | null
        source_query: string | null
        significance_version: string | null
        last_seen_at: string
        refresh_24h_at: string | null
        refresh_24h_status: string | null
        refresh_24h_delta_likes: number | null
        refresh_24h_delta_reposts: number | null
        refresh_24h_delta_replies: number | null
        refresh_24h_delta_views: number | null
      }
      snapshots: (Metrics & { snapshot_type: string; snapshot_at: string; source: string })[]
      report: {
        reported_at: string
        channel: string | null
        summary: string | null
        destination: string | null
      } | null
    }
    Stats: {
      posts: number
      significant: number
      unreported: number
      watchlist: { [tier: string]: number }
      newest_post_at: string | null
      newest_run: {
        run_at: string
        mode: string
        fetched_count: number | null
        significant_count: number | null
        reported_count: number | null
      } | null
    }
    Activity: { bucket_at: string; tier: string; posts: number; significant: number }
  }
}
