// temporary; replaced by the generated file
export interface components {
  schemas: {
    FeedItem: {
      status_id: string
      discovered_at: string
      author_handle: string
      author_display: string | null
      watch_tier: string | null
      body_text: string | null
      url: string
      is_significant: boolean
      significance_reason: string | null
      likes: number
      reposts: number
      replies: number
      views: number
      reported_at: string | null
      cursor: string
    }
  }
}
