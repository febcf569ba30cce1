import assert from 'node:assert/strict'
import fc from 'fast-check'
import pg from 'pg'
import { suite } from 'uvu'
import { wrongCounts } from '../support/counts.ts'
import { type Database, freshDatabase } from '../support/database.ts'

// Triggers keep the counts of posts. Whatever happens to posts and reports, they are what counting would find.

const counts = suite('counts', {} as { db: Database })

counts.before(async (context) => {
  context.db = await freshDatabase()
})

counts.after(({ db }) => db?.drop())

const insert = (ids: string) => `
  insert into posts (status_id, url, author_handle, watch_tier, is_significant, likes, views, initial_likes, discovered_at, last_seen_at)
  select
    n::text, 'https://x.com/a/status/1', 'a' || n % 3, (array['teammate', 'influencer', null])[n % 3 + 1], n % 4 = 0,
    n * 37 % 101, n * 31 % 1009, nullif(n % 7, 0), timestamptz '2026-03-01' + n * interval '7 minutes 13 seconds' - (n % 5) * interval '2 days', now()
  from generate_series(${ids}) as n
  on conflict (status_id) do update set likes = posts.likes + 1`

/** Statements as ingest, deletions and hands write them. */
const STATEMENTS = [
  ...['1, 40', '30, 90', '200, 260', '91, 91'].map(insert),
  `insert into reports (status_id, reported_at) select status_id, now() from posts where right(status_id, 1) = '4'
     on conflict (status_id) do update set reported_at = excluded.reported_at`,
  `insert into reports (status_id, reported_at) select status_id, now() from posts where length(status_id) = 2 on conflict do nothing`,
  `update posts set watch_tier = 'ecosystem' where right(status_id, 1) in ('3', '4')`,
  `update posts set watch_tier = null, is_significant = not is_significant where right(status_id, 1) in ('4', '5')`,
  `update posts set discovered_at = discovered_at + interval '23 minutes' where length(status_id) = 2`,
  `update posts set likes = likes + 1, views = views * 2`,
  `update posts set likes = 0 where right(status_id, 1) = '2'`,
  `delete from reports where right(status_id, 2) = '14'`,
  `delete from posts where right(status_id, 1) in ('4', '9')`,
  `delete from posts where length(status_id) = 1`,
  'truncate reports',
  'truncate posts cascade',
  `with gone as (delete from posts where right(status_id, 1) = '7' returning status_id) select count(*) from gone`,
]

counts('are what counting finds, after any sequence of statements, some of them rolled back', async ({ db }) => {
  const step = fc.record({ statement: fc.constantFrom(...STATEMENTS), undone: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      for (const { statement, undone } of steps) {
        await db.query('begin')
        await db.query(statement)
        await db.query(undone ? 'rollback' : 'commit')
      }
      assert.deepEqual(await wrongCounts(db), [])
    }),
    { numRuns: 40 },
  )
})

counts('counting all posts again changes nothing', async ({ db }) => {
  for (const ids of ['1, 90', '300, 420']) await db.query(insert(ids))
  await db.query('select public.rebuild_post_buckets()')
  assert.deepEqual(await wrongCounts(db), [])
  const [row] = await db.query(`select sum(posts)::int as posts from post_buckets where unit = 'hour'`)
  assert.equal(row!.posts, (await db.query('select count(*)::int as posts from posts'))[0]!.posts)
})

counts('two writers at once neither wait for each other nor lose a change', async ({ db }) => {
  await db.query('truncate posts cascade')
  const [one, two] = [new pg.Client(db.url), new pg.Client(db.url)]
  await Promise.all([one.connect(), two.connect()])
  try {
    for (const client of [one, two]) await client.query(`begin; set local lock_timeout = '2s'`)
    await one.query(insert('1, 50'))
    await two.query(insert('51, 100'))
    await two.query(`insert into reports (status_id, reported_at) select status_id, now() from posts`)
    await one.query(`update posts set is_significant = true`)
    await two.query('commit')
    await one.query('commit')
    assert.deepEqual(await wrongCounts(db), [])
    // What the one has left, the next one adds up.
    const changes = () => db.query('select count(*)::int as changes from post_buckets where change_id > 0')
    assert.ok((await changes())[0]!.changes > 0)
    await db.query(insert('101, 101'))
    assert.equal((await changes())[0]!.changes, 0)
    assert.deepEqual(await wrongCounts(db), [])
  } finally {
    await Promise.all([one.end(), two.end()])
  }
})

counts(
  'a post that is reported while another transaction changes its tier is counted where it ends up',
  async ({ db }) => {
    await db.query('truncate posts cascade')
    await db.query(insert('1, 3'))
    const report = `insert into reports (status_id, reported_at) values ('1', now())`
    const change = `update posts set watch_tier = 'ecosystem' where status_id = '1'`
    for (const [first, second] of [
      [change, report],
      [report, change.replace('ecosystem', 'teammate')],
    ]) {
      await db.query('truncate reports')
      const [one, two] = [new pg.Client(db.url), new pg.Client(db.url)]
      await Promise.all([one.connect(), two.connect()])
      try {
        for (const client of [one, two]) await client.query('begin')
        await one.query(first!)
        const waiting = two.query(second!)
        await new Promise((resolve) => setTimeout(resolve, 100))
        await one.query('commit')
        await waiting
        await two.query('commit')
        assert.deepEqual(await wrongCounts(db), [])
      } finally {
        await Promise.all([one.end(), two.end()])
      }
    }
  },
)

counts('between any edges are what counting finds, to the microsecond, for every filter', async ({ db }) => {
  await db.query('truncate posts cascade')
  await db.query(insert('1, 900'))
  await db.query(
    `insert into reports (status_id, reported_at) select status_id, now() from posts where right(status_id, 1) = '4'`,
  )
  const minute = 60_000_000
  const at = fc.oneof(
    fc.integer({ min: -14 * 1440, max: 8 * 1440 }).map((minutes) => minutes * minute),
    fc.integer({ min: -60 * minute, max: 60 * minute }),
    fc.integer({ min: -14 * 96, max: 8 * 96 }).map((quarters) => quarters * 15 * minute),
  )
  const flag = fc.constantFrom(null, 'true', 'false')
  const tier = fc.constantFrom(null, 'teammate', 'other', 'influencer,other', 'ecosystem')
  await fc.assert(
    fc.asyncProperty(fc.array(at, { minLength: 2, maxLength: 4 }), tier, flag, flag, async (times, ...filters) => {
      const edges = times.sort((a, b) => a - b)
      const [row] = await db.query(
        `with
           edges as (select array_agg(timestamptz '2026-03-01' + at * interval '1 microsecond' order by at) as list from unnest($1::bigint[]) as at),
           kept as (
             select span_at, sum(posts)::int as posts, sum(significant)::int as significant, sum(unreported)::int as unreported
             from edges cross join lateral feed_counts(list, parse_tiers($2), parse_boolean('', $3), parse_boolean('', $4))
             group by 1 having sum(posts) > 0
           ),
           counted as (
             select
               list[width_bucket(discovered_at, list)] as span_at, count(*)::int as posts,
               count(*) filter (where is_significant)::int as significant,
               count(*) filter (where is_significant and reported_at is null)::int as unreported
             from edges cross join lateral api.feed(tier => $2, significant => $3, reported => $4) as post
             where discovered_at >= list[1] and discovered_at < list[cardinality(list)]
             group by 1
           )
         select
           coalesce((select json_agg(kept order by span_at) from kept), '[]') as kept,
           coalesce((select json_agg(counted order by span_at) from counted), '[]') as counted`,
        [edges, ...filters],
      )
      assert.deepEqual(row!.kept, row!.counted)
    }),
    { numRuns: 300 },
  )
})

counts('no count reads the posts: not by time, and not by author', async ({ db }) => {
  await db.query('truncate posts cascade')
  await db.query(insert('1, 9000'))
  // VACUUM marks as visible what is on disk.
  await db.query('set synchronous_commit = on')
  await db.query(
    `update posts set author_handle = 'b' || right(status_id, 1) where right(status_id, 2) in ('11', '22')`,
  )
  await db.query('vacuum analyze')
  const rowsRead = async () => {
    await db.query('select pg_stat_force_next_flush()')
    const [row] = await db.query(
      `select seq_tup_read + idx_tup_fetch as reads from pg_stat_user_tables where relname = 'posts'`,
    )
    return Number(row!.reads)
  }
  const scans = async () =>
    (await db.query(`select seq_scan as scans from pg_stat_user_tables where relname = 'post_buckets'`))[0]!.scans
  const before = await rowsRead()
  const scansBefore = await scans()
  await db.query(`select api.stats()`)
  await db.query(
    `select api.stats(since => '2026-03-02T08:10:11Z', until => '2026-03-20T17:22:33Z', tier => 'teammate', reported => 'false')`,
  )
  for (const zone of ['UTC', 'Europe/Berlin', 'Asia/Kolkata'])
    await db.query(`select api.activity(since => '2026-03-01', until => '2026-03-31', zone => $1)`, [zone])
  // The index of authors has all that is counted.
  for (const handle of ['b1', 'b1,b2']) {
    await db.query(`select api.stats(handle => $1)`, [handle])
    await db.query(`select api.activity(handle => $1, tier => 'teammate')`, [handle])
  }
  // Less than a quarter of an hour at both ends.
  const reads = (await rowsRead()) - before
  assert.ok(reads < 20, `${reads} rows`)
  assert.equal(await scans(), scansBefore, 'all buckets were read')
})

counts.run()
