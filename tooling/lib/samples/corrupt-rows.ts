import type SQLite from 'better-sqlite3'
import { type SampleRow, zeroCounts } from './sample-types.ts'

/** One post in this many is corrupted, likewise one report and one embedding. */
const EVERY = 200

/** Values that the rules of the move reject, in turn. */
const BAD_POSTS: SampleRow[] = [
  { watch_tier: 'boss' },
  { likes: 'many' },
  { discovered_at: 'yesterday' },
  { body_text: 'cut here\0and here' },
  { views: 12.5 },
  { discovered_at: '2026-02-30T10:00:00+00:00' },
  { last_seen_at: '' },
  { is_significant: 'maybe' },
  { author_handle: '@' },
  { refresh_24h_at: 'soon' },
  { body_text: 'replaced by bytes that are not UTF-8' },
]

const BAD_EMBEDDINGS: SampleRow[] = [
  { dims: 7 },
  { vector_json: '[0.1, 0.2' },
  { vector_json: '[0.1, NaN]' },
  { status_id: 'no-such-post' },
]

const ADDED = '2026-01-01T00:00:00+00:00'

/** Rows that are bad from the start: an unknown tier and mode, an empty instant, an orphan. */
const BAD_ROWS: [table: string, row: SampleRow][] = [
  ['watch_accounts', { handle: 'vip_account', tier: 'vip', added_at: ADDED }],
  ['runs', { run_at: ADDED, mode: 'hourly', fetched_count: 1, significant_count: 0, reported_count: 0 }],
  ['runs', { run_at: '', mode: 'priority', fetched_count: 1, significant_count: 0, reported_count: 0 }],
  [
    'reports',
    { status_id: 'no-such-post', reported_at: ADDED, channel: 'signal', summary: 'an orphan', destination: 'team' },
  ],
]

/** Corrupts a small share of the rows and counts them per table; with `on` false it changes nothing. */
export function createCorrupter(on: boolean) {
  const count = zeroCounts()
  const seen = zeroCounts()
  const notUtf8: unknown[] = []
  const isDue = (table: string) => on && seen[table]!++ % EVERY === EVERY / 2

  return {
    count,

    /** Returns whether this post was corrupted: its report and its embedding will then be orphans. */
    corruptPost(row: SampleRow): boolean {
      if (!isDue('tweets')) return false
      const kind = count.tweets!++ % BAD_POSTS.length
      Object.assign(row, BAD_POSTS[kind])
      if (kind === BAD_POSTS.length - 1) notUtf8.push(row.status_id)
      return true
    },

    corruptReport(row: SampleRow, orphan: boolean): SampleRow {
      const due = isDue('reports')
      if (due || orphan) count.reports!++
      return due ? { ...row, reported_at: 'never' } : row
    },

    corruptEmbedding(row: SampleRow, orphan: boolean): SampleRow {
      const due = isDue('tweet_embeddings')
      const bad = BAD_EMBEDDINGS[count.tweet_embeddings! % BAD_EMBEDDINGS.length]!
      // The id is the primary key, so each one is different.
      const unique = bad.status_id ? { status_id: `${bad.status_id}-${count.tweet_embeddings}` } : {}
      if (due || orphan) count.tweet_embeddings!++
      return due ? { ...row, ...bad, ...unique } : row
    },

    /** More rows to be rejected; one is a handle of the watchlist in another spelling. */
    extraRows(handle?: string): [table: string, row: SampleRow][] {
      if (!on) return []
      const rows = [...BAD_ROWS]
      // The earlier of the two lines is rejected as superseded.
      const twice = { tier: 'ecosystem', note: 'spelled twice', added_at: ADDED }
      if (handle) rows.push(['watch_accounts', { handle: `@${handle.toUpperCase()}`, ...twice }])
      for (const [table] of rows) count[table]!++
      return rows
    },

    /** Writes what cannot be bound as a parameter: text that is not UTF-8. */
    writeInvalidText(db: SQLite.Database): void {
      const update = db.prepare(`update tweets set body_text = cast(x'66c3286f' as text) where status_id = ?`)
      for (const id of notUtf8) update.run(id)
    },
  }
}
