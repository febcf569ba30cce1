import type { Database } from '../support/database.ts'

export const POSTS = 427

const TEXTS = [
  'The tide clock in the harbour runs backwards since Tuesday. Photos: https://example.org/tide_(clock).',
  'Counted 14 herons at dawn.\nNone of them moved.\n\n@lantern_lab was right about the fog. #herons',
  'New draft of the moss atlas is up, 40 maps larger than the last.',
  'Who keeps returning my library books before I finish them?',
  'A quiet week for the observatory: two comets, one lost kite.',
  'Bread, lamp oil, string. That is the whole budget meeting.',
  'The paper moth archive opens on Friday; bring your own gloves. https://example.org/moths?year=1911&page=2',
]
const AUTHORS = [
  ['lantern_lab', 'Lantern Lab', 'teammate'],
  ['mossatlas', 'The Moss Atlas', 'teammate'],
  ['harbourclock', 'Harbour Clock', 'influencer'],
  ['tinykites', 'Tiny Kites', 'influencer'],
  ['papermoth', 'Paper Moth', 'ecosystem'],
  ['breadandstring', 'breadandstring', null],
  ['fogbureau', null, null],
] as const

/** Inserts invented posts, numbered from the newest; three at a time share an instant, as if one run found them. */
export async function insertPosts(db: Database): Promise<void> {
  await db.query(
    `
    insert into posts (
      status_id, url, author_handle, author_display, body_text, source_query, watch_tier, is_significant,
      significance_reason, likes, reposts, replies, views, initial_likes, initial_reposts, initial_replies,
      initial_views, discovered_at, last_seen_at
    )
    select
      (1900000000000000000 + $1 - n)::text,
      'https://x.com/' || (author ->> 0) || '/status/' || (1900000000000000000 + $1 - n),
      author ->> 0, author ->> 1, text || ' No. ' || n, 'priority', author ->> 2, n % 5 = 0,
      case when n % 5 = 0 then 'many replies' end,
      n * 3, n, n % 7, n * 1000, n, n % 3, 0, n * 100,
      date_trunc('minute', now()) - interval '2 minutes' - (n / 3) * interval '97 minutes', now()
    from generate_series(0, $1 - 1) as n
    cross join lateral (select ($2::jsonb) -> (n % 7)::int as author, ($3::jsonb) ->> (n % 5 + n % 3)::int as text) as invented
    `,
    [POSTS, JSON.stringify(AUTHORS), JSON.stringify(TEXTS)],
  )
  await db.query(`
    insert into reports (status_id, reported_at, channel, summary, destination)
    select status_id, discovered_at + interval '3 hours', 'signal', 'Worth a look', 'group' from posts where right(status_id, 1) = '2' and is_significant
  `)
  await db.query(`
    insert into post_metrics_snapshots (status_id, snapshot_type, snapshot_at, likes, reposts, replies, views)
    select status_id, 'initial_capture', discovered_at, initial_likes, initial_reposts, initial_replies, initial_views from posts
    union all
    select status_id, 'latest_observed', last_seen_at, likes, reposts, replies, views from posts
  `)
  await db.query(
    `insert into watch_accounts (handle, tier, added_at)
     select author ->> 0, author ->> 2, now() from jsonb_array_elements($1::jsonb) as author where author ->> 2 is not null`,
    [JSON.stringify(AUTHORS)],
  )
  await db.query(
    `insert into pipeline_runs (run_at, mode, fetched_count, significant_count, reported_count) values (now() - interval '2 minutes', 'priority', 12, 3, 1)`,
  )
}

/** The ids of the posts that meet a condition, newest first. */
export async function idsWhere(db: Database, condition = 'true', limit = 50): Promise<string[]> {
  const rows = await db.query<{ status_id: string }>(
    `select status_id from posts where ${condition} order by discovered_at desc, status_id desc limit ${limit}`,
  )
  return rows.map((row) => row.status_id)
}
