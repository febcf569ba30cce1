import assert from 'node:assert/strict'
import fc from 'fast-check'
import { suite } from 'uvu'
import { type Database, freshDatabase } from '../support/database.ts'

// The posts with the most of a metric, compared with all posts sorted by it.

const POSTS = 10_000

const top = suite('top', {} as { db: Database })

top.before(async (context) => {
  const db = await freshDatabase()
  context.db = db
  // A few posts have much, most have little, and many the same.
  await db.query(
    `insert into posts (
       status_id, url, author_handle, watch_tier, is_significant, likes, reposts, replies, views,
       initial_likes, initial_reposts, initial_replies, discovered_at, last_seen_at
     )
     select
       n::text, 'u', 'a' || n % 5, (array['teammate', 'influencer', null])[n % 3 + 1], n % 4 = 0, 100000 / (n * 7919 % 10007 + 1),
       n * 31 % 17, 0, n * 7907 % 100003,
       case when n % 5 > 0 then 100000 / (n * 7919 % 10007 + 1) / 3 end, 0, 0, timestamptz '2026-03-01' + n * interval '7 minutes 13 seconds', timestamptz '2026-03-01' + n * interval '7 minutes 13 seconds' + n % 3 * interval '1 day'
     from generate_series(1, $1::integer) as n`,
    [POSTS],
  )
  await db.query(
    `insert into reports (status_id, reported_at) select status_id, now() from posts where right(status_id, 1) = '4'`,
  )
  await db.query(
    `insert into post_metrics_snapshots (status_id, snapshot_type, snapshot_at, likes, reposts, replies, views)
     select status_id, 'initial_capture', discovered_at, likes / 3, 0, 0, 0 from posts
     union all
     select status_id, 'latest_observed', last_seen_at, likes, reposts, replies, views from posts where last_seen_at > discovered_at`,
  )
  // What buckets remember as their most may be gone.
  await db.query(
    `update posts
     set likes = case right(status_id, 2) when '07' then 0 else likes + 900 end, metrics_at = last_seen_at + interval '1 hour'
     where right(status_id, 2) in ('07', '08')`,
  )
  await db.query(
    `insert into post_metrics_snapshots (status_id, snapshot_type, snapshot_at, likes, reposts, replies, views)
     select status_id, 'latest_observed', metrics_at, likes, reposts, replies, views from posts where metrics_at is not null`,
  )
  await db.query(`delete from posts where right(status_id, 2) = '09'`)
  await db.query('analyze')
})

top.after(({ db }) => db?.drop())

const hours = fc.integer({ min: 0, max: Math.floor((POSTS * 7.3) / 60) })
const at = hours.map((hour) => new Date(Date.UTC(2026, 2, 1, hour, hour % 60, hour % 7)).toISOString())
const measure = fc.constantFrom('likes', 'reposts', 'replies', 'views', 'growth')
const filters = fc.record(
  {
    since: at,
    until: at,
    tier: fc.constantFrom('teammate', 'other', 'influencer,other', 'ecosystem'),
    handle: fc.constantFrom('a1', 'a1,a3', 'nobody'),
    significant: fc.constantFrom('true', 'false'),
    reported: fc.constantFrom('true', 'false'),
    per_author: fc.constantFrom('true', 'false'),
  },
  { requiredKeys: ['since', 'until'] },
)

top('has the values of all posts, sorted, or of the best of each author, whatever is asked for', async ({ db }) => {
  await fc.assert(
    fc.asyncProperty(measure, filters, async (by, { per_author, ...given }) => {
      const onePerAuthor = per_author === 'true'
      const names = Object.keys(given)
      const values = Object.values(given)
      const args = names.map((name, i) => `${name} => $${i + 1}`).join(', ')
      const found = await db.query<{ value: number; own: number; ids: number }>(
        `select value, likes, reposts, replies, views, status_id from api.top('${by}', ${args}, per_author => '${per_author ?? ''}')`,
        values,
      )
      const expected = await db.query<{ value: number }>(
        `select ${onePerAuthor ? 'max' : ''}(
           case '${by}'
             when 'likes' then likes when 'reposts' then reposts when 'replies' then replies when 'views' then views
             else coalesce((
               select (array_agg(s.likes + s.reposts + s.replies order by s.snapshot_at desc))[1]
                 - (array_agg(s.likes + s.reposts + s.replies order by s.snapshot_at))[1]
               from post_metrics_snapshots as s where s.status_id = feed.status_id and s.snapshot_at < $${names.indexOf('until') + 1}::timestamptz
             ), 0)
           end::double precision) as value
         from api.feed(${args})
         ${onePerAuthor ? 'group by author_handle' : ''}
         order by 1 desc limit ${onePerAuthor ? 5 : 20}`,
        values,
      )
      assert.deepEqual(
        found.map(({ value }) => value),
        expected.map(({ value }) => value),
      )
      // Each with its own value.
      if (by !== 'growth') for (const row of found) assert.equal(Number(row[by as 'value']), row.value)
      assert.equal(new Set(found.map((row) => (row as unknown as { status_id: string }).status_id)).size, found.length)
    }),
    { numRuns: 150 },
  )
})

top('reads only the posts of quarter-hours and tiers that may have one of the best', async ({ db }) => {
  const rowsRead = async () => {
    await db.query('select pg_stat_force_next_flush()')
    const [row] = await db.query(
      `select seq_tup_read + idx_tup_fetch as reads from pg_stat_user_tables where relname = 'posts'`,
    )
    return Number(row!.reads)
  }
  for (const by of ['likes', 'views', 'growth']) {
    const before = await rowsRead()
    await db.query(`select * from api.top('${by}', since => '2026-03-01', until => '2026-03-31')`)
    const reads = (await rowsRead()) - before
    assert.ok(reads < 1_500, `${by}: ${reads} of ${POSTS} posts`)
  }
})

top.run()
