import type Database from 'better-sqlite3'
import { POSTS } from '../move/tables.ts'
import type { Generated } from './generate.ts'
import { nameOf } from './generate-rows.ts'

/** One post in this many is spoilt; of reports and embeddings likewise. */
const EVERY = 200

/** What makes a post unfit for Postgres, in turn: a column and a value that the rules of the move reject. */
const BAD_POST: [column: string, value: unknown][] = [
  ['watch_tier', 'boss'],
  ['likes', 'many'],
  ['discovered_at', 'yesterday'],
  ['body_text', 'cut here\0and here'],
  ['views', 12.5],
  ['discovered_at', '2026-02-30T10:00:00+00:00'],
  ['last_seen_at', ''],
  ['is_significant', 'maybe'],
  ['author_handle', '@'],
  ['refresh_24h_at', 'soon'],
  ['body_text', 'replaced by bytes that are no UTF-8'],
]

const BAD_EMBEDDING: [position: number, value: unknown][] = [
  [3, 7],
  [4, '[0.1, 0.2'],
  [4, '[0.1, NaN]'],
  [0, 'no-such-post'],
]

/** Spoils a small share of the rows and counts them, per table; with `on` false it changes nothing. */
export function spoiler(on: boolean) {
  const count: Generated = { tweets: 0, reports: 0, watch_accounts: 0, runs: 0, tweet_embeddings: 0 }
  const seen = { tweets: 0, reports: 0, tweet_embeddings: 0 }
  const notUtf8: unknown[] = []
  const due = (table: keyof typeof seen) => on && seen[table]++ % EVERY === EVERY / 2

  return {
    count,

    /** Whether this post is spoilt; then its report and its embedding will be orphans. */
    post(row: unknown[]): boolean {
      if (!due('tweets')) return false
      const kind = count.tweets++ % BAD_POST.length
      const [column, value] = BAD_POST[kind]!
      row[POSTS.columns.findIndex((one) => nameOf(one) === column)] = value
      if (kind === BAD_POST.length - 1) notUtf8.push(row[0])
      return true
    },

    report(row: unknown[], orphan: boolean): unknown[] {
      const bad = due('reports')
      if (bad) row[1] = 'never'
      if (bad || orphan) count.reports++
      return row
    },

    embedding(row: unknown[], orphan: boolean): unknown[] {
      const bad = due('tweet_embeddings')
      if (bad) {
        const [position, value] = BAD_EMBEDDING[count.tweet_embeddings % BAD_EMBEDDING.length]!
        // An id of its own each time: it is the primary key.
        row[position] = position === 0 ? `${value}-${count.tweet_embeddings}` : value
      }
      if (bad || orphan) count.tweet_embeddings++
      return row
    },

    /** Rows that are bad from the start: a watched handle again in another spelling, an unknown tier, mode and instant. */
    extraRows(handle?: string): [table: keyof Generated, row: unknown[]][] {
      if (!on) return []
      const added = '2026-01-01T00:00:00+00:00'
      const rows: [keyof Generated, unknown[]][] = [
        ['watch_accounts', ['vip_account', 'vip', null, added]],
        ['runs', ['2026-01-01T00:00:00+00:00', 'hourly', 1, 0, 0, null, null]],
        ['runs', ['', 'priority', 1, 0, 0, null, null]],
        ['reports', ['no-such-post', added, 'signal', 'an orphan', 'team']],
      ]
      // The earlier of the two lines is the one that is rejected, as superseded.
      if (handle) rows.push(['watch_accounts', [`@${handle.toUpperCase()}`, 'ecosystem', 'spelled twice', added]])
      for (const [table] of rows) count[table]++
      return rows
    },

    /** What cannot be bound as a parameter: text whose bytes are no UTF-8. */
    afterwards(db: Database.Database): void {
      const update = db.prepare(`update tweets set body_text = cast(x'66c3286f' as text) where status_id = ?`)
      for (const id of notUtf8) update.run(id)
    },
  }
}
