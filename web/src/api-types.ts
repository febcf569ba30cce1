// Generated from docs/openapi.v1.yaml by npm run types; do not edit.

export interface paths {
  '/v1/health': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Whether the API and its database are up. */
    get: operations['v1Health']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/feed': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** A page of the feed. */
    get: operations['v1Feed']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/posts/{statusId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** One post with its snapshots and its report. */
    get: operations['v1Post']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/watch-accounts': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The watchlist. */
    get: operations['v1WatchAccounts']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stats/summary': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Counts. */
    get: operations['v1Stats']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/ingest/posts/batch': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Insert or update up to 1,000 posts. */
    post: operations['v1IngestPost']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/ingest/metrics/batch': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Add up to 1,000 metrics. */
    post: operations['v1IngestMetrics']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/ingest/reports/batch': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Insert or update up to 1,000 reports. */
    post: operations['v1IngestReport']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/ingest/watch-accounts/batch': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Insert or update up to 1,000 watchlist accounts. */
    post: operations['v1IngestWatchAccount']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/ingest/embeddings/batch': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Insert or update up to 1,000 embeddings. */
    post: operations['v1IngestEmbedding']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/ingest/runs': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Add one run of the monitor. */
    post: operations['v1IngestRun']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/ingest/deletions/batch': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Delete up to 1,000 posts and authors for good. */
    post: operations['v1IngestDeletions']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/ingest/tombstones': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The posts and authors that were deleted on request. */
    get: operations['v1IngestTombstones']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/ingest/digest': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The number of rows per table and day, with a digest. */
    get: operations['v1IngestDigest']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/health': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Whether the API and its database are up. */
    get: operations['health']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/feed': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The feed, newest first, filtered. */
    get: operations['feed']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/feed_page': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** A page of the feed. */
    get: operations['feedPage']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/feed_atom': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The feed as Atom. */
    get: operations['feedAtom']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/digest_atom': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The days of the feed as Atom: one entry for each day that is over. */
    get: operations['digestAtom']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/post': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** One post with its snapshots and its report. */
    get: operations['post']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/similar': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The posts most similar to a given one, by their vectors. */
    get: operations['similar']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/nearest': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** The posts nearest to a vector. */
    post: operations['nearest']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/duplicates': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Groups of near-duplicate posts, the newest group first, the first post first within each. */
    get: operations['duplicates']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/watch_accounts': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The watchlist. */
    get: operations['watchAccounts']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/stats': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Counts. */
    get: operations['stats']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/activity': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Posts and significant posts per bucket and tier. */
    get: operations['activity']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/top': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The posts with the most of a metric. */
    get: operations['top']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/author': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** One author in numbers. */
    get: operations['author']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/ingest_posts': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Insert or update up to 1,000 posts. */
    post: operations['ingestPost']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/ingest_metrics': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Add up to 1,000 metrics. */
    post: operations['ingestMetrics']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/ingest_reports': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Insert or update up to 1,000 reports. */
    post: operations['ingestReport']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/ingest_watch_accounts': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Insert or update up to 1,000 watchlist accounts. */
    post: operations['ingestWatchAccount']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/ingest_embeddings': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Insert or update up to 1,000 embeddings. */
    post: operations['ingestEmbedding']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/ingest_deletions': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Delete up to 1,000 posts and authors for good. */
    post: operations['ingestDeletions']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/ingest_tombstones': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The posts and authors that were deleted on request. */
    get: operations['ingestTombstones']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/ingest_removals': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Remove up to 1,000 rows that are gone from the monitor's file. */
    post: operations['ingestRemovals']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/ingest_run': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Add one run of the monitor. */
    post: operations['ingestRun']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/rpc/ingest_digest': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The number of rows per table and day, with a digest. */
    get: operations['ingestDigest']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/feed': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The feed. */
    get: operations['feedView']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/posts': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Every post with all its metrics. */
    get: operations['postsView']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/reports': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The posts that were reported. */
    get: operations['reportsView']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/post_metrics_snapshots': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Snapshots of the metrics of posts. */
    get: operations['post_metrics_snapshotsView']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/watch_accounts': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The watchlist. */
    get: operations['watch_accountsView']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/pipeline_runs': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The runs of the monitor. */
    get: operations['pipeline_runsView']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/health': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** One row while the API and its database are up. */
    get: operations['healthView']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export interface components {
  schemas: {
    /** @enum {string} */
    Tier: 'teammate' | 'investor' | 'influencer' | 'ecosystem'
    Health: {
      /** @constant */
      ok: true
      /** @constant */
      service: 'xmonitor-api'
      /** @constant */
      version: 'v1'
    }
    FeedRow: {
      status_id: string
      /** Format: date-time */
      discovered_at: string
      author_handle: string
      author_display: string | null
      watch_tier: components['schemas']['Tier'] | null
      body_text: string | null
      url: string
      is_significant: boolean
      significance_reason: string | null
      likes: number
      reposts: number
      replies: number
      views: number
      /** Format: date-time */
      reported_at: string | null
      /** @description The position in the feed: pass it as the argument cursor. */
      cursor: string
    }
    SimilarPost: {
      /** @description The cosine similarity of the two vectors. */
      similarity: number
      /** @description The post it is compared with; null for a vector sent by the client. */
      similar_to: string | null
      status_id: string
      /** Format: date-time */
      discovered_at: string
      author_handle: string
      author_display: string | null
      watch_tier: components['schemas']['Tier'] | null
      body_text: string | null
      url: string
      is_significant: boolean
      significance_reason: string | null
      likes: number
      reposts: number
      replies: number
      views: number
      /** Format: date-time */
      reported_at: string | null
      /** @description The position in the feed: pass it as the argument cursor. */
      cursor: string
    }
    TopPost: {
      /** @description What the post is ranked by. */
      value: number
      status_id: string
      /** Format: date-time */
      discovered_at: string
      author_handle: string
      author_display: string | null
      watch_tier: components['schemas']['Tier'] | null
      body_text: string | null
      url: string
      is_significant: boolean
      significance_reason: string | null
      likes: number
      reposts: number
      replies: number
      views: number
      /** Format: date-time */
      reported_at: string | null
      /** @description The position in the feed: pass it as the argument cursor. */
      cursor: string
    }
    Nearest: {
      vector: number[]
      /** @description The name of the model that made the vector, as stored with the embeddings. */
      model: string
      since?: string
      until?: string
      tier?: string
      handle?: string
      significant?: boolean
      reported?: boolean
      q?: string
    }
    FeedPage: {
      items: components['schemas']['FeedRow'][]
      /** @description Null on the last page. */
      next_cursor: string | null
    }
    Post: {
      status_id: string
      url: string
      author_handle: string
      author_display: string | null
      body_text: string | null
      posted_relative: string | null
      source_query: string | null
      watch_tier: components['schemas']['Tier'] | null
      is_significant: boolean
      significance_reason: string | null
      significance_version: string | null
      likes: number
      reposts: number
      replies: number
      views: number
      initial_likes: number | null
      initial_reposts: number | null
      initial_replies: number | null
      initial_views: number | null
      likes_24h: number | null
      reposts_24h: number | null
      replies_24h: number | null
      views_24h: number | null
      /** Format: date-time */
      refresh_24h_at: string | null
      refresh_24h_status: string | null
      refresh_24h_delta_likes: number | null
      refresh_24h_delta_reposts: number | null
      refresh_24h_delta_replies: number | null
      refresh_24h_delta_views: number | null
      /** Format: date-time */
      discovered_at: string
      /** Format: date-time */
      last_seen_at: string
      /**
       * Format: date-time
       * @description When the metrics were observed, if not at last_seen_at.
       */
      metrics_at: string | null
      /** Format: date-time */
      created_at: string
      /** Format: date-time */
      updated_at: string
    }
    /** @description A post, and when it was reported. */
    ReportedPost: components['schemas']['Post'] & {
      /** Format: date-time */
      reported_at: string | null
    }
    Snapshot: {
      status_id: string
      /** @enum {string} */
      snapshot_type: 'initial_capture' | 'latest_observed' | 'refresh_24h'
      /** Format: date-time */
      snapshot_at: string
      likes: number
      reposts: number
      replies: number
      views: number
      source: string
      /** Format: date-time */
      created_at: string
    }
    Report: {
      status_id: string
      /** Format: date-time */
      reported_at: string
      channel: string | null
      summary: string | null
      destination: string | null
      /** Format: date-time */
      created_at: string
    }
    PostDetails: {
      post: components['schemas']['ReportedPost']
      snapshots: components['schemas']['Snapshot'][]
      report: components['schemas']['Report'] | null
    }
    WatchAccount: {
      handle: string
      tier: components['schemas']['Tier']
      note: string | null
      /** Format: date-time */
      added_at: string
      /** Format: date-time */
      created_at: string
      /** Format: date-time */
      updated_at: string
    }
    Run: {
      /** Format: date-time */
      run_at: string
      /** @enum {string} */
      mode: 'priority' | 'discovery' | 'both' | 'refresh24h' | 'manual'
      fetched_count: number | null
      significant_count: number | null
      reported_count: number | null
      note: string | null
      source: string
      /** Format: date-time */
      created_at: string
    }
    Stats: {
      posts: number
      significant: number
      /** @description Significant posts without a report. */
      unreported: number
      /** @description False if handle or q match more than the 10,000 posts that are counted: the numbers are then lower bounds. */
      exact: boolean
      watchlist: {
        ecosystem: number
        influencer: number
        investor: number
        teammate: number
      }
      /** Format: date-time */
      newest_post_at: string | null
      newest_run: {
        /** Format: date-time */
        run_at: string
        /** @enum {string} */
        mode: 'priority' | 'discovery' | 'both' | 'refresh24h' | 'manual'
        fetched_count: number | null
        significant_count: number | null
        reported_count: number | null
      } | null
    }
    Author: {
      handle: string
      display_name: string | null
      tier: components['schemas']['Tier'] | null
      /** @description What the watchlist says about the author. */
      note: string | null
      posts: number
      /** @description False if there are more than the 10,000 posts that are counted. */
      exact: boolean
      /** Format: date-time */
      first_seen_at: string | null
      /** Format: date-time */
      last_seen_at: string | null
      /** @description How many of the newest posts the following is about: at most 200. */
      recent_posts: number
      median_likes: number | null
      median_views: number | null
      posts_per_week: number | null
      best_post: components['schemas']['FeedRow'] | null
    }
    Activity: {
      /** Format: date-time */
      bucket_at: string
      /** @enum {string} */
      tier: 'teammate' | 'investor' | 'influencer' | 'ecosystem' | 'other'
      posts: number
      significant: number
    }
    DayDigest: {
      /** @enum {string} */
      table_name: 'posts' | 'reports' | 'watch_accounts' | 'pipeline_runs' | 'embeddings'
      /** Format: date */
      day: string
      rows: number
      /** @description The XOR of the digests of its rows. */
      digest: string
    }
    RowDigest: {
      /** @description The values of the primary key, in the form used for the digest. */
      key: string[]
      digest: string
    }
    PostItem: {
      status_id: string
      url: string
      author_handle: string
      author_display?: string | null
      body_text?: string | null
      posted_relative?: string | null
      source_query?: string | null
      watch_tier?: components['schemas']['Tier'] | null
      is_significant?: boolean
      significance_reason?: string | null
      significance_version?: string | null
      likes?: number
      reposts?: number
      replies?: number
      views?: number
      initial_likes?: number | null
      initial_reposts?: number | null
      initial_replies?: number | null
      initial_views?: number | null
      likes_24h?: number | null
      reposts_24h?: number | null
      replies_24h?: number | null
      views_24h?: number | null
      /** Format: date-time */
      refresh_24h_at?: string | null
      refresh_24h_status?: string | null
      refresh_24h_delta_likes?: number | null
      refresh_24h_delta_reposts?: number | null
      refresh_24h_delta_replies?: number | null
      refresh_24h_delta_views?: number | null
      /** Format: date-time */
      discovered_at: string
      /** Format: date-time */
      last_seen_at: string
    }
    MetricsItem: {
      status_id: string
      /** Format: date-time */
      snapshot_at: string
      /** @enum {string} */
      snapshot_type?: 'initial_capture' | 'latest_observed' | 'refresh_24h'
      likes: number
      reposts: number
      replies: number
      views: number
      /** @description By default ingest. */
      source?: string | null
    }
    ReportItem: {
      status_id: string
      /** Format: date-time */
      reported_at: string
      channel?: string | null
      summary?: string | null
      destination?: string | null
    }
    WatchAccountItem: {
      handle: string
      tier: components['schemas']['Tier']
      note?: string | null
      /** Format: date-time */
      added_at?: string
    }
    RunItem: {
      /** Format: date-time */
      run_at: string
      /** @enum {string} */
      mode: 'priority' | 'discovery' | 'both' | 'refresh24h' | 'manual'
      fetched_count?: number | null
      significant_count?: number | null
      reported_count?: number | null
      note?: string | null
      source?: string
    }
    /**
     * @description Stores the items even if they are older than what is stored.
     * @default false
     */
    Replace: boolean
    EmbeddingItem: {
      status_id: string
      backend: string
      model: string
      /** @description The length of the vector. */
      dims?: number | null
      /** @description An array of finite numbers, or the text of one. */
      vector_json: number[] | string
      text_hash: string
      /** Format: date-time */
      created_at: string
      /** Format: date-time */
      updated_at?: string | null
    }
    RemovalItem: {
      /** @enum {string} */
      table_name: 'posts' | 'reports' | 'watch_accounts' | 'pipeline_runs' | 'embeddings'
      /** @description The primary key as /rpc/ingest_digest lists it. */
      key: string[]
    }
    RemovalResult: {
      /** @description removed + skipped + the number of errors. */
      received: number
      removed: number
      /** @description Rows that did not exist. */
      skipped: number
      /** @description Unknown fields, and how often each was sent. */
      ignored: {
        [key: string]: number
      }
      errors: {
        index: number
        message: string
      }[]
    }
    /** @description Either status_id or handle. */
    DeletionItem: {
      status_id?: string | null
      /** @description With or without @, in any case. */
      handle?: string | null
      reason?: string | null
    }
    DeletionResult: {
      /** @description inserted + updated + skipped + superseded + deleted + the number of errors. */
      received: number
      /** @description New tombstones. */
      inserted: number
      /** @description Tombstones with a new reason. */
      updated: number
      /** @description The posts that were removed. */
      removed: number
      /** @description Tombstones that were there already. */
      skipped: number
      /** @description Items whose key occurs again later in the batch. */
      superseded: number
      /** @description Always 0. */
      deleted: number
      /** @description Unknown fields, and how often each was sent. */
      ignored: {
        [key: string]: number
      }
      errors: {
        index: number
        message: string
      }[]
    }
    Tombstones: {
      status_ids: string[]
      handles: string[]
    }
    IngestResult: {
      /** @description inserted + updated + skipped + superseded + deleted + the number of errors. */
      received: number
      inserted: number
      updated: number
      /** @description Items that changed nothing. */
      skipped: number
      /** @description Items whose key occurs again later in the batch. */
      superseded: number
      /** @description Items that were deleted on request; they are not stored. */
      deleted: number
      /** @description Unknown fields, and how often each was sent. */
      ignored: {
        [key: string]: number
      }
      errors: {
        index: number
        message: string
      }[]
    }
    Error: {
      code: string
      message: string
      details: string | null
      hint: string | null
    }
  }
  responses: {
    /** @description An argument is invalid; details names it. */
    BadArgument: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['Error']
      }
    }
    /** @description The token is missing, invalid or expired, or has no exp. */
    NoToken: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['Error']
      }
    }
    /** @description No post has this id. */
    Unknown: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['Error']
      }
    }
  }
  parameters: {
    /** @description From this time on, inclusive: an ISO 8601 timestamp or date (UTC). */
    since: string
    /** @description Before this time, exclusive. */
    until: string
    /** @description teammate, investor, influencer, ecosystem or other (no tier); several are separated by commas. */
    tier: string
    /** @description One handle, or up to 100 separated by commas; @ and case do not matter. */
    handle: string
    /** @description True or false. */
    significant: boolean
    /** @description True or false. */
    reported: boolean
    /** @description Each term occurs in the text, handle or display name; "a phrase" is one term, -term must be absent. A term without three letters or digits in a row is found only where a word begins; each Chinese or Japanese character counts as a word. */
    q: string
    /** @description The cursor of a row: continue after it. */
    cursor: string
    /** @description The maximum number of rows, up to 1,000. */
    limit: number
    /** @description The maximum number of posts. */
    limitOfPage: number
    /** @description The maximum number of posts. */
    pageSize: number
    /** @description Of a private feed, a reader's token limited to Atom, since feed readers send no headers. The edge takes it out. */
    token: string
    /** @description The length of a bucket. */
    bucket: 'hour' | 'day'
    /** @description The time zone whose days these are, such as Europe/Berlin. Hours are those of UTC. */
    zone: string
    /** @description The maximum number of days. */
    days: number
    /** @description What the posts are ranked by. Growth is the likes, reposts and replies gained from the first snapshot to the last one before until. */
    by: 'likes' | 'reposts' | 'replies' | 'views' | 'growth'
    /** @description Whether to leave out all but the best post of each author. */
    perAuthor: boolean
    /** @description One handle; @ and case do not matter. */
    author: string
    /** @description The minimum cosine similarity to the first post of the group. */
    threshold: number
    /** @description One table; by default all tables. */
    tableName: 'posts' | 'reports' | 'watch_accounts' | 'pipeline_runs' | 'embeddings'
    /** @description A date (UTC): return the rows of table_name on that day. */
    day: string
    /** @description The post's id on X. */
    statusId: string
    /** @description The post's id on X. */
    statusIdInPath: string
  }
  requestBodies: never
  headers: {
    /** @description Why there are no rows: the post has no vector, or its vector has no cosine, such as all zeros. */
    Embedding: 'missing' | 'not-comparable'
    /** @description Set only if there may be older posts: the time of the oldest post that was compared. */
    ComparedSince: string
  }
  pathItems: never
}
export interface operations {
  v1Health: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The API and its database are up. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Health']
        }
      }
    }
  }
  v1Feed: {
    parameters: {
      query?: {
        /** @description From this time on, inclusive: an ISO 8601 timestamp or date (UTC). */
        since?: components['parameters']['since']
        /** @description Before this time, exclusive. */
        until?: components['parameters']['until']
        /** @description teammate, investor, influencer, ecosystem or other (no tier); several are separated by commas. */
        tier?: components['parameters']['tier']
        /** @description One handle, or up to 100 separated by commas; @ and case do not matter. */
        handle?: components['parameters']['handle']
        /** @description True or false. */
        significant?: components['parameters']['significant']
        /** @description True or false. */
        reported?: components['parameters']['reported']
        /** @description Each term occurs in the text, handle or display name; "a phrase" is one term, -term must be absent. A term without three letters or digits in a row is found only where a word begins; each Chinese or Japanese character counts as a word. */
        q?: components['parameters']['q']
        /** @description The cursor of a row: continue after it. */
        cursor?: components['parameters']['cursor']
        /** @description The maximum number of posts. */
        limit?: components['parameters']['limitOfPage']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The page. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['FeedPage']
        }
      }
      400: components['responses']['BadArgument']
    }
  }
  v1Post: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The post's id on X. */
        statusId: components['parameters']['statusIdInPath']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The post. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PostDetails']
        }
      }
      404: components['responses']['Unknown']
    }
  }
  v1WatchAccounts: {
    parameters: {
      query?: {
        /** @description teammate, investor, influencer, ecosystem or other (no tier); several are separated by commas. */
        tier?: components['parameters']['tier']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The accounts, by tier and handle. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['WatchAccount'][]
        }
      }
      400: components['responses']['BadArgument']
    }
  }
  v1Stats: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The counts. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Stats']
        }
      }
    }
  }
  v1IngestPost: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          items: components['schemas']['PostItem'][]
          replace?: components['schemas']['Replace']
        }
      }
    }
    responses: {
      /** @description How many items were received, inserted, updated and skipped, and which had errors. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['IngestResult']
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  v1IngestMetrics: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          items: components['schemas']['MetricsItem'][]
        }
      }
    }
    responses: {
      /** @description How many items were received, inserted, updated and skipped, and which had errors. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['IngestResult']
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  v1IngestReport: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          items: components['schemas']['ReportItem'][]
        }
      }
    }
    responses: {
      /** @description How many items were received, inserted, updated and skipped, and which had errors. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['IngestResult']
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  v1IngestWatchAccount: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          items: components['schemas']['WatchAccountItem'][]
        }
      }
    }
    responses: {
      /** @description How many items were received, inserted, updated and skipped, and which had errors. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['IngestResult']
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  v1IngestEmbedding: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          items: components['schemas']['EmbeddingItem'][]
          replace?: components['schemas']['Replace']
        }
      }
    }
    responses: {
      /** @description How many items were received, inserted, updated and skipped, and which had errors. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['IngestResult']
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  v1IngestRun: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['RunItem']
      }
    }
    responses: {
      /** @description How many items were received, inserted, updated and skipped, and which had errors. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['IngestResult']
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  v1IngestDeletions: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          items: components['schemas']['DeletionItem'][]
        }
      }
    }
    responses: {
      /** @description How many tombstones are new, changed and unchanged, how many posts went, and which items had errors. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DeletionResult']
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  v1IngestTombstones: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description All of them, in order. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Tombstones']
        }
      }
      401: components['responses']['NoToken']
    }
  }
  v1IngestDigest: {
    parameters: {
      query?: {
        /** @description One table; by default all tables. */
        table_name?: components['parameters']['tableName']
        /** @description From this time on, inclusive: an ISO 8601 timestamp or date (UTC). */
        since?: components['parameters']['since']
        /** @description Before this time, exclusive. */
        until?: components['parameters']['until']
        /** @description A date (UTC): return the rows of table_name on that day. */
        day?: components['parameters']['day']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The days; with day, the rows of that day. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DayDigest'][] | components['schemas']['RowDigest'][]
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  health: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The API and its database are up. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Health']
        }
      }
    }
  }
  feed: {
    parameters: {
      query?: {
        /** @description From this time on, inclusive: an ISO 8601 timestamp or date (UTC). */
        since?: components['parameters']['since']
        /** @description Before this time, exclusive. */
        until?: components['parameters']['until']
        /** @description teammate, investor, influencer, ecosystem or other (no tier); several are separated by commas. */
        tier?: components['parameters']['tier']
        /** @description One handle, or up to 100 separated by commas; @ and case do not matter. */
        handle?: components['parameters']['handle']
        /** @description True or false. */
        significant?: components['parameters']['significant']
        /** @description True or false. */
        reported?: components['parameters']['reported']
        /** @description Each term occurs in the text, handle or display name; "a phrase" is one term, -term must be absent. A term without three letters or digits in a row is found only where a word begins; each Chinese or Japanese character counts as a word. */
        q?: components['parameters']['q']
        /** @description The cursor of a row: continue after it. */
        cursor?: components['parameters']['cursor']
        /** @description The maximum number of rows, up to 1,000. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The rows, each with its cursor. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['FeedRow'][]
        }
      }
      400: components['responses']['BadArgument']
    }
  }
  feedPage: {
    parameters: {
      query?: {
        /** @description From this time on, inclusive: an ISO 8601 timestamp or date (UTC). */
        since?: components['parameters']['since']
        /** @description Before this time, exclusive. */
        until?: components['parameters']['until']
        /** @description teammate, investor, influencer, ecosystem or other (no tier); several are separated by commas. */
        tier?: components['parameters']['tier']
        /** @description One handle, or up to 100 separated by commas; @ and case do not matter. */
        handle?: components['parameters']['handle']
        /** @description True or false. */
        significant?: components['parameters']['significant']
        /** @description True or false. */
        reported?: components['parameters']['reported']
        /** @description Each term occurs in the text, handle or display name; "a phrase" is one term, -term must be absent. A term without three letters or digits in a row is found only where a word begins; each Chinese or Japanese character counts as a word. */
        q?: components['parameters']['q']
        /** @description The cursor of a row: continue after it. */
        cursor?: components['parameters']['cursor']
        /** @description The maximum number of posts. */
        page_size?: components['parameters']['pageSize']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The page. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['FeedPage']
        }
      }
      400: components['responses']['BadArgument']
    }
  }
  feedAtom: {
    parameters: {
      query?: {
        /** @description From this time on, inclusive: an ISO 8601 timestamp or date (UTC). */
        since?: components['parameters']['since']
        /** @description Before this time, exclusive. */
        until?: components['parameters']['until']
        /** @description teammate, investor, influencer, ecosystem or other (no tier); several are separated by commas. */
        tier?: components['parameters']['tier']
        /** @description One handle, or up to 100 separated by commas; @ and case do not matter. */
        handle?: components['parameters']['handle']
        /** @description True or false. */
        significant?: components['parameters']['significant']
        /** @description True or false. */
        reported?: components['parameters']['reported']
        /** @description Each term occurs in the text, handle or display name; "a phrase" is one term, -term must be absent. A term without three letters or digits in a row is found only where a word begins; each Chinese or Japanese character counts as a word. */
        q?: components['parameters']['q']
        /** @description The maximum number of posts. */
        page_size?: components['parameters']['pageSize']
        /** @description Of a private feed, a reader's token limited to Atom, since feed readers send no headers. The edge takes it out. */
        token?: components['parameters']['token']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description An Atom feed (RFC 4287). */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/atom+xml': string
        }
      }
      400: components['responses']['BadArgument']
    }
  }
  digestAtom: {
    parameters: {
      query?: {
        /** @description From this time on, inclusive: an ISO 8601 timestamp or date (UTC). */
        since?: components['parameters']['since']
        /** @description Before this time, exclusive. */
        until?: components['parameters']['until']
        /** @description teammate, investor, influencer, ecosystem or other (no tier); several are separated by commas. */
        tier?: components['parameters']['tier']
        /** @description One handle, or up to 100 separated by commas; @ and case do not matter. */
        handle?: components['parameters']['handle']
        /** @description True or false. */
        significant?: components['parameters']['significant']
        /** @description True or false. */
        reported?: components['parameters']['reported']
        /** @description Each term occurs in the text, handle or display name; "a phrase" is one term, -term must be absent. A term without three letters or digits in a row is found only where a word begins; each Chinese or Japanese character counts as a word. */
        q?: components['parameters']['q']
        /** @description The time zone whose days these are, such as Europe/Berlin. Hours are those of UTC. */
        zone?: components['parameters']['zone']
        /** @description The maximum number of days. */
        page_size?: components['parameters']['days']
        /** @description Of a private feed, a reader's token limited to Atom, since feed readers send no headers. The edge takes it out. */
        token?: components['parameters']['token']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description An Atom feed (RFC 4287). */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/atom+xml': string
        }
      }
      400: components['responses']['BadArgument']
    }
  }
  post: {
    parameters: {
      query: {
        /** @description The post's id on X. */
        status_id: components['parameters']['statusId']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The post. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PostDetails']
        }
      }
      404: components['responses']['Unknown']
    }
  }
  similar: {
    parameters: {
      query: {
        /** @description The post's id on X. */
        status_id: components['parameters']['statusId']
        /** @description From this time on, inclusive: an ISO 8601 timestamp or date (UTC). */
        since?: components['parameters']['since']
        /** @description Before this time, exclusive. */
        until?: components['parameters']['until']
        /** @description teammate, investor, influencer, ecosystem or other (no tier); several are separated by commas. */
        tier?: components['parameters']['tier']
        /** @description One handle, or up to 100 separated by commas; @ and case do not matter. */
        handle?: components['parameters']['handle']
        /** @description True or false. */
        significant?: components['parameters']['significant']
        /** @description True or false. */
        reported?: components['parameters']['reported']
        /** @description Each term occurs in the text, handle or display name; "a phrase" is one term, -term must be absent. A term without three letters or digits in a row is found only where a word begins; each Chinese or Japanese character counts as a word. */
        q?: components['parameters']['q']
        /** @description The maximum number of rows, up to 1,000. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description At most 200 posts, the most similar first. */
      200: {
        headers: {
          Embedding: components['headers']['Embedding']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SimilarPost'][]
        }
      }
      400: components['responses']['BadArgument']
      404: components['responses']['Unknown']
    }
  }
  nearest: {
    parameters: {
      query?: {
        /** @description The maximum number of rows, up to 1,000. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['Nearest']
      }
    }
    responses: {
      /** @description At most 200 posts, the nearest first. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SimilarPost'][]
        }
      }
      400: components['responses']['BadArgument']
    }
  }
  duplicates: {
    parameters: {
      query?: {
        /** @description From this time on, inclusive: an ISO 8601 timestamp or date (UTC). */
        since?: components['parameters']['since']
        /** @description Before this time, exclusive. */
        until?: components['parameters']['until']
        /** @description teammate, investor, influencer, ecosystem or other (no tier); several are separated by commas. */
        tier?: components['parameters']['tier']
        /** @description One handle, or up to 100 separated by commas; @ and case do not matter. */
        handle?: components['parameters']['handle']
        /** @description True or false. */
        significant?: components['parameters']['significant']
        /** @description True or false. */
        reported?: components['parameters']['reported']
        /** @description Each term occurs in the text, handle or display name; "a phrase" is one term, -term must be absent. A term without three letters or digits in a row is found only where a word begins; each Chinese or Japanese character counts as a word. */
        q?: components['parameters']['q']
        /** @description The minimum cosine similarity to the first post of the group. */
        threshold?: components['parameters']['threshold']
        /** @description The maximum number of rows, up to 1,000. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The posts of all groups; similar_to is the first post of the group. */
      200: {
        headers: {
          'Compared-Since': components['headers']['ComparedSince']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SimilarPost'][]
        }
      }
      400: components['responses']['BadArgument']
    }
  }
  watchAccounts: {
    parameters: {
      query?: {
        /** @description teammate, investor, influencer, ecosystem or other (no tier); several are separated by commas. */
        tier?: components['parameters']['tier']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The accounts, by tier and handle. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['WatchAccount'][]
        }
      }
      400: components['responses']['BadArgument']
    }
  }
  stats: {
    parameters: {
      query?: {
        /** @description From this time on, inclusive: an ISO 8601 timestamp or date (UTC). */
        since?: components['parameters']['since']
        /** @description Before this time, exclusive. */
        until?: components['parameters']['until']
        /** @description teammate, investor, influencer, ecosystem or other (no tier); several are separated by commas. */
        tier?: components['parameters']['tier']
        /** @description One handle, or up to 100 separated by commas; @ and case do not matter. */
        handle?: components['parameters']['handle']
        /** @description True or false. */
        significant?: components['parameters']['significant']
        /** @description True or false. */
        reported?: components['parameters']['reported']
        /** @description Each term occurs in the text, handle or display name; "a phrase" is one term, -term must be absent. A term without three letters or digits in a row is found only where a word begins; each Chinese or Japanese character counts as a word. */
        q?: components['parameters']['q']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The counts. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Stats']
        }
      }
      400: components['responses']['BadArgument']
    }
  }
  activity: {
    parameters: {
      query?: {
        /** @description From this time on, inclusive: an ISO 8601 timestamp or date (UTC). */
        since?: components['parameters']['since']
        /** @description Before this time, exclusive. */
        until?: components['parameters']['until']
        /** @description The length of a bucket. */
        bucket?: components['parameters']['bucket']
        /** @description The time zone whose days these are, such as Europe/Berlin. Hours are those of UTC. */
        zone?: components['parameters']['zone']
        /** @description teammate, investor, influencer, ecosystem or other (no tier); several are separated by commas. */
        tier?: components['parameters']['tier']
        /** @description One handle, or up to 100 separated by commas; @ and case do not matter. */
        handle?: components['parameters']['handle']
        /** @description True or false. */
        significant?: components['parameters']['significant']
        /** @description True or false. */
        reported?: components['parameters']['reported']
        /** @description Each term occurs in the text, handle or display name; "a phrase" is one term, -term must be absent. A term without three letters or digits in a row is found only where a word begins; each Chinese or Japanese character counts as a word. */
        q?: components['parameters']['q']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A row per bucket and tier that has posts. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Activity'][]
        }
      }
      400: components['responses']['BadArgument']
    }
  }
  top: {
    parameters: {
      query?: {
        /** @description What the posts are ranked by. Growth is the likes, reposts and replies gained from the first snapshot to the last one before until. */
        by?: components['parameters']['by']
        /** @description From this time on, inclusive: an ISO 8601 timestamp or date (UTC). */
        since?: components['parameters']['since']
        /** @description Before this time, exclusive. */
        until?: components['parameters']['until']
        /** @description teammate, investor, influencer, ecosystem or other (no tier); several are separated by commas. */
        tier?: components['parameters']['tier']
        /** @description One handle, or up to 100 separated by commas; @ and case do not matter. */
        handle?: components['parameters']['handle']
        /** @description True or false. */
        significant?: components['parameters']['significant']
        /** @description True or false. */
        reported?: components['parameters']['reported']
        /** @description Each term occurs in the text, handle or display name; "a phrase" is one term, -term must be absent. A term without three letters or digits in a row is found only where a word begins; each Chinese or Japanese character counts as a word. */
        q?: components['parameters']['q']
        /** @description Whether to leave out all but the best post of each author. */
        per_author?: components['parameters']['perAuthor']
        /** @description The maximum number of rows, up to 1,000. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description At most 20 posts, the one with the most first; with per_author at most 5. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TopPost'][]
        }
      }
      400: components['responses']['BadArgument']
    }
  }
  author: {
    parameters: {
      query: {
        /** @description One handle; @ and case do not matter. */
        handle: components['parameters']['author']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The author, with the tier and the note of the watchlist. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Author']
        }
      }
      400: components['responses']['BadArgument']
      404: components['responses']['Unknown']
    }
  }
  ingestPost: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          items: components['schemas']['PostItem'][]
          replace?: components['schemas']['Replace']
        }
      }
    }
    responses: {
      /** @description How many items were received, inserted, updated and skipped, and which had errors. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['IngestResult']
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  ingestMetrics: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          items: components['schemas']['MetricsItem'][]
        }
      }
    }
    responses: {
      /** @description How many items were received, inserted, updated and skipped, and which had errors. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['IngestResult']
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  ingestReport: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          items: components['schemas']['ReportItem'][]
        }
      }
    }
    responses: {
      /** @description How many items were received, inserted, updated and skipped, and which had errors. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['IngestResult']
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  ingestWatchAccount: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          items: components['schemas']['WatchAccountItem'][]
        }
      }
    }
    responses: {
      /** @description How many items were received, inserted, updated and skipped, and which had errors. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['IngestResult']
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  ingestEmbedding: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          items: components['schemas']['EmbeddingItem'][]
          replace?: components['schemas']['Replace']
        }
      }
    }
    responses: {
      /** @description How many items were received, inserted, updated and skipped, and which had errors. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['IngestResult']
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  ingestDeletions: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          items: components['schemas']['DeletionItem'][]
        }
      }
    }
    responses: {
      /** @description How many tombstones are new, changed and unchanged, how many posts went, and which items had errors. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DeletionResult']
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  ingestTombstones: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description All of them, in order. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Tombstones']
        }
      }
      401: components['responses']['NoToken']
    }
  }
  ingestRemovals: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          items: components['schemas']['RemovalItem'][]
          replace?: components['schemas']['Replace']
        }
      }
    }
    responses: {
      /** @description How many items were received, inserted, updated and skipped, and which had errors. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RemovalResult']
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  ingestRun: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['RunItem']
      }
    }
    responses: {
      /** @description How many items were received, inserted, updated and skipped, and which had errors. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['IngestResult']
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  ingestDigest: {
    parameters: {
      query?: {
        /** @description One table; by default all tables. */
        table_name?: components['parameters']['tableName']
        /** @description From this time on, inclusive: an ISO 8601 timestamp or date (UTC). */
        since?: components['parameters']['since']
        /** @description Before this time, exclusive. */
        until?: components['parameters']['until']
        /** @description A date (UTC): return the rows of table_name on that day. */
        day?: components['parameters']['day']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The days; with day, the rows of that day. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DayDigest'][] | components['schemas']['RowDigest'][]
        }
      }
      400: components['responses']['BadArgument']
      401: components['responses']['NoToken']
    }
  }
  feedView: {
    parameters: {
      query?: {
        /** @description The maximum number of rows, up to 1,000. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The rows. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['FeedRow'][]
        }
      }
    }
  }
  postsView: {
    parameters: {
      query?: {
        /** @description The maximum number of rows, up to 1,000. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The rows. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Post'][]
        }
      }
    }
  }
  reportsView: {
    parameters: {
      query?: {
        /** @description The maximum number of rows, up to 1,000. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The rows. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Report'][]
        }
      }
    }
  }
  post_metrics_snapshotsView: {
    parameters: {
      query?: {
        /** @description The maximum number of rows, up to 1,000. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The rows. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Snapshot'][]
        }
      }
    }
  }
  watch_accountsView: {
    parameters: {
      query?: {
        /** @description The maximum number of rows, up to 1,000. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The rows. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['WatchAccount'][]
        }
      }
    }
  }
  pipeline_runsView: {
    parameters: {
      query?: {
        /** @description The maximum number of rows, up to 1,000. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The rows. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Run'][]
        }
      }
    }
  }
  healthView: {
    parameters: {
      query?: {
        /** @description The maximum number of rows, up to 1,000. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The rows. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Health'][]
        }
      }
    }
  }
}
