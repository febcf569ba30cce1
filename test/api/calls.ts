import assert from 'node:assert/strict'
import { type Call, refuses } from '../../tooling/lib/api/contract.ts'

const id = (last: number) => `189000000000000000${last}`
const LAST = '9223372036854775807'
const NEWEST_FIRST = [LAST, id(6), id(5), id(4), id(3), id(2), id(1)]

const ids = (expected: string[]): NonNullable<Call['check']> => {
  return ({ body }) =>
    assert.deepEqual(
      body.map(({ status_id }: { status_id: string }) => status_id),
      expected,
    )
}

const is =
  (expected: unknown): NonNullable<Call['check']> =>
  ({ body }) =>
    assert.deepEqual(body, expected)

/** Filters of the feed and which posts of the fixture they find. */
const FILTERS: [query: string, found: string[]][] = [
  ['', NEWEST_FIRST],
  ['since=&until=&tier=&handle=&significant=&reported=&q=&cursor=', NEWEST_FIRST],
  ['limit=2', NEWEST_FIRST.slice(0, 2)],
  ['limit=2&offset=3', NEWEST_FIRST.slice(3, 5)],
  ['since=2026-02-03', [LAST, id(6)]],
  ['until=2026-02-03', [id(5), id(4), id(3), id(2), id(1)]],
  ['since=2026-02-03T01:00:00%2B01:00&until=2026-02-04T12:30:00Z', [id(6)]],
  ['since=2026-02-01 08:00:00.000002', NEWEST_FIRST.slice(0, 6)],
  ['until=2026-02-01T08:00:00.000002Z', [id(1)]],
  ['tier=teammate', [LAST, id(1)]],
  ['tier=Teammate,%20ecosystem', [LAST, id(6), id(1)]],
  ['tier=other', [id(5), id(4)]],
  ['tier=other,influencer', [id(5), id(4), id(3), id(2)]],
  ['handle=@Ann', [LAST, id(1)]],
  ['handle=ann,%20@BEN', [LAST, id(3), id(2), id(1)]],
  ['handle=nobody', []],
  ['significant=true', [LAST, id(3), id(1)]],
  ['significant=no', [id(6), id(5), id(4), id(2)]],
  ['significant=true&tier=teammate&until=2026-02-02', [id(1)]],
  ['reported=true', [id(1)]],
  ['reported=false', NEWEST_FIRST.filter((post) => post !== id(1))],
  ['reported=no&significant=yes', [LAST, id(3)]],
  ['q=RAIN', [id(5), id(1)]],
  ['q=rain%20harbour', [id(1)]],
  ['q=rain%20-harbour', [id(5)]],
  ['q=%22the%20last%22', [LAST]],
  ['q=%22last%20the%22', []],
  ['q=-rain%20-the', [id(6), id(4), id(3), id(2)]],
  ['q=100%25', [id(2)]],
  ['q=humid_air', [id(2)]],
  ['q=%5C', [id(2)]],
  ['q=ab', [id(3)]],
  ['q=cleo', [id(5), id(4)]],
  ['q=%D0%B3%D1%80%D0%BE%D0%B7%D0%B0', [id(5)]],
  ['q=rain%20gr%C3%BCn%20and%20%D0%B3%D1%80%D0%BE%20cleo', [id(5)]],
  ['q=%20', NEWEST_FIRST],
  ['q=absent', []],
]

/** Filters, and how many posts of the fixture, significant ones and unreported ones match. */
const STATS: [query: string, posts: number, significant: number, unreported: number][] = [
  ['tier=teammate', 2, 2, 1],
  ['tier=other,influencer&until=2026-02-02', 3, 1, 1],
  ['significant=false', 4, 0, 0],
  ['reported=true', 1, 1, 0],
  ['reported=no&significant=yes', 2, 2, 2],
  ['since=2026-02-01T08:00:00.000002Z&until=2026-02-03T00:00:00.000001Z', 5, 1, 1],
  ['since=2026-02-02&until=2026-02-01', 0, 0, 0],
  ['handle=@Ann', 2, 2, 1],
  ['q=rain', 2, 1, 0],
  ['q=absent', 0, 0, 0],
]

/** Posts with the most of a metric, and how many. */
const TOP: [query: string, ...found: [id: string, value: number][]][] = [
  ['limit=2', [id(6), 3_000_000_000], [id(1), 9]],
  ['by=&tier=teammate', [id(1), 9], [LAST, 2]],
  ['by=views&tier=influencer,other&until=2026-02-02', [id(3), 500], [id(2), 400], [id(4), 0]],
  ['by=reposts&handle=ann,ben&significant=true', [id(1), 4], [id(3), 2], [LAST, 1]],
  ['by=replies&q=rain', [id(5), 1], [id(1), 1]],
  ['by=growth&reported=true', [id(1), 13]],
  // Before its second snapshot.
  ['by=growth&reported=true&since=2026-02-01&until=2026-02-09', [id(1), 0]],
  ['since=2026-02-05'],
]

/** Read-only calls on the fixture of test/support/api.ts, with their complete responses. */
export const CALLS: readonly Call[] = [
  ...FILTERS.map(
    ([query, found]): Call => ({
      name: `/rpc/feed?${query}`,
      path: `/rpc/feed?${query}`,
      status: 200,
      check: ids(found),
    }),
  ),
  {
    name: 'a row of the feed',
    path: '/rpc/feed?limit=1&q=harbour',
    status: 200,
    answers: { 'content-range': /^0-0\/\*$/, 'content-type': /^application\/json; charset=utf-8$/ },
    check: is([
      {
        status_id: id(1),
        discovered_at: '2026-02-01T08:00:00.000001+00:00',
        author_handle: 'ann',
        author_display: 'Ann',
        watch_tier: 'teammate',
        body_text: 'Rain over the harbour',
        url: `https://x.com/ann/status/${id(1)}`,
        is_significant: true,
        significance_reason: 'a first',
        likes: 9,
        reposts: 4,
        replies: 1,
        views: 900,
        reported_at: '2026-02-01T09:00:00+00:00',
        cursor: `0002ecbd5c9a2001_${id(1)}`,
      },
    ]),
  },
  {
    name: 'a read takes no body',
    path: '/rpc/feed?limit=5',
    method: 'POST',
    body: { handle: 'ann', significant: true },
    status: 405,
    answers: { allow: /^GET, HEAD, OPTIONS$/ },
    check: ({ body }) => assert.equal(body.code, 'PGRST117'),
  },
  {
    name: 'the feed view',
    path: '/feed?limit=3',
    status: 200,
    answers: { 'content-range': /^0-2\/\*$/ },
    check: ids(NEWEST_FIRST.slice(0, 3)),
  },
  {
    name: 'the feed view, counted',
    path: '/feed?limit=3',
    headers: { Prefer: 'count=exact' },
    status: 206,
    answers: { 'content-range': /^0-2\/7$/ },
  },
  {
    name: 'the feed view, filtered as PostgREST does',
    path: '/feed?watch_tier=is.null&order=likes.desc',
    status: 200,
    check: ids([id(5), id(4)]),
  },
  {
    name: 'columns of the feed',
    path: '/rpc/feed?select=status_id,likes&limit=1&tier=ecosystem',
    status: 200,
    check: is([{ status_id: id(6), likes: 3_000_000_000 }]),
  },
  {
    name: 'the first page',
    path: '/rpc/feed_page?page_size=2',
    status: 200,
    check({ body }) {
      assert.deepEqual(Object.keys(body), ['items', 'next_cursor'])
      assert.deepEqual([body.items.length, body.items[0].status_id], [2, LAST])
      assert.equal(body.next_cursor, body.items[1].cursor)
    },
  },
  {
    name: 'the last page has no next_cursor',
    path: '/rpc/feed_page?page_size=2&handle=ann',
    status: 200,
    check: ({ body }) => assert.equal(body.next_cursor, null),
  },
  {
    name: 'an empty page',
    path: '/rpc/feed_page?handle=nobody',
    status: 200,
    check: is({ items: [], next_cursor: null }),
  },
  {
    name: 'page_size=200 is allowed',
    path: '/rpc/feed_page?page_size=200',
    status: 200,
    check: ({ body }) => assert.equal(body.items.length, 7),
  },
  {
    name: 'page_size=201 is not',
    path: '/rpc/feed_page?page_size=201',
    status: 400,
    check: refuses('PT400', "page_size cannot be '201'"),
  },
  {
    name: 'a post whose id has 19 digits',
    path: `/rpc/post?status_id=${LAST}`,
    status: 200,
    check({ body }) {
      assert.equal(body.post.status_id, LAST)
      assert.deepEqual([body.snapshots, body.report], [[], null])
      assert.ok('refresh_24h_delta_views' in body.post && 'reported_at' in body.post)
    },
  },
  {
    name: 'a post with its snapshots in chronological order, and its report',
    path: `/rpc/post?status_id=${id(1)}`,
    status: 200,
    check({ body }) {
      assert.deepEqual(
        body.snapshots.map(({ snapshot_type }: { snapshot_type: string }) => snapshot_type),
        ['initial_capture', 'latest_observed'],
      )
      assert.deepEqual(body.report, {
        status_id: id(1),
        reported_at: '2026-02-01T09:00:00+00:00',
        channel: 'mail',
        summary: 'Rain',
        destination: null,
        created_at: '2026-02-10T00:00:00+00:00',
      })
    },
  },
  {
    name: 'the previous id, equal as a JS number, is unknown',
    path: '/rpc/post?status_id=9223372036854775806',
    status: 404,
    check: refuses('PT404', 'no post has the status_id'),
  },
  {
    name: 'an id beyond 2^53 as a filter',
    path: `/posts?status_id=eq.${LAST}&select=status_id`,
    status: 200,
    check: is([{ status_id: LAST }]),
  },
  {
    name: 'the posts most similar to a given one, the most similar first',
    path: `/rpc/similar?status_id=${id(1)}&select=similarity,similar_to,status_id`,
    status: 200,
    answers: { 'cache-control': /^public, max-age=/, embedding: /^$/ },
    check: is([
      { similarity: 1, similar_to: id(1), status_id: LAST },
      { similarity: 0.96, similar_to: id(1), status_id: id(2) },
      { similarity: 0, similar_to: id(1), status_id: id(3) },
    ]),
  },
  {
    name: 'the most similar post, with the columns of the feed',
    path: `/rpc/similar?status_id=${id(2)}&limit=1`,
    status: 200,
    check: is([
      {
        similarity: 0.96,
        similar_to: id(2),
        status_id: LAST,
        discovered_at: '2026-02-04T12:30:00+00:00',
        author_handle: 'ann',
        author_display: 'Ann',
        watch_tier: 'teammate',
        body_text: 'The last of them',
        url: `https://x.com/ann/status/${LAST}`,
        is_significant: true,
        significance_reason: 'a first',
        likes: 2,
        reposts: 1,
        replies: 1,
        views: 200,
        reported_at: null,
        cursor: `0002ecfd7bb8a200_${LAST}`,
      },
    ]),
  },
  ...(
    [
      ['since=2026-02-02', [LAST]],
      ['until=2026-02-02', [id(2), id(3)]],
      ['tier=influencer', [id(2), id(3)]],
      ['handle=@Ben,nobody', [id(2), id(3)]],
      ['significant=true', [LAST, id(3)]],
      ['reported=true', []],
      ['reported=false', [LAST, id(2), id(3)]],
      ['q=storm', [id(3)]],
      ['tier=other', []],
      ['since=&until=&tier=&handle=&significant=&reported=&q=', [LAST, id(2), id(3)]],
    ] as [query: string, found: string[]][]
  ).map(
    ([query, found]): Call => ({
      name: `/rpc/similar?status_id=...&${query}`,
      path: `/rpc/similar?status_id=${id(1)}&${query}`,
      status: 200,
      check: ids(found),
    }),
  ),
  {
    name: 'similar to an unknown post',
    path: '/rpc/similar?status_id=9223372036854775806',
    status: 404,
    check: refuses('PT404', 'no post has the status_id'),
  },
  {
    name: 'similar to a post without a vector: none, and a header says why',
    path: `/rpc/similar?status_id=${id(4)}`,
    status: 200,
    answers: { 'cache-control': /^public, max-age=/, embedding: /^missing$/ },
    check: is([]),
  },
  {
    name: 'similar to a post whose vector is all zero: none, and a header says why',
    path: `/rpc/similar?status_id=${id(6)}`,
    status: 200,
    answers: { embedding: /^not-comparable$/ },
    check: is([]),
  },
  {
    name: 'similar with an invalid filter, even without a vector',
    path: `/rpc/similar?status_id=${id(4)}&since=yesterday`,
    status: 400,
    check: refuses('PT400', "since cannot be 'yesterday'"),
  },
  {
    name: 'the posts nearest to a vector',
    path: '/rpc/nearest?select=similarity,similar_to,status_id&limit=2',
    method: 'POST',
    body: { vector: [0.3, 0.4], model: 'm', until: '2026-02-03' },
    status: 200,
    check({ body }) {
      ids([id(1), id(2)])({ body } as never, {})
      assert.ok(Math.abs(body[0].similarity - 1) < 1e-9 && Math.abs(body[1].similarity - 0.96) < 1e-9)
      assert.equal(body[0].similar_to, null)
    },
  },
  {
    name: 'the posts nearest to a vector of another model',
    path: '/rpc/nearest',
    method: 'POST',
    body: { vector: [-3, -4], model: 'other' },
    status: 200,
    check: ids([id(5)]),
  },
  {
    name: 'a vector of another length has no nearest posts',
    path: '/rpc/nearest',
    method: 'POST',
    body: { vector: [3, 4, 5], model: 'm' },
    status: 200,
    check: is([]),
  },
  ...['', null].map(
    (model): Call => ({
      name: `nearest with the model ${JSON.stringify(model)}: the error names the argument`,
      path: '/rpc/nearest',
      method: 'POST',
      body: { vector: [3, 4], model },
      status: 400,
      check: refuses('PT400', "model cannot be ''"),
    }),
  ),
  ...[[], [0, 0], 'x', null, [1, '2'], [[1, 2]], { a: 1 }, [1, 1e100], Array(4097).fill(1)].map(
    (vector): Call => ({
      name: `nearest to ${JSON.stringify(vector).slice(0, 20)}: the error names the argument`,
      path: '/rpc/nearest',
      method: 'POST',
      body: { vector, model: 'm' },
      status: 400,
      check: refuses('PT400', 'vector cannot be '),
    }),
  ),
  ...[
    [{ vector: [3, 4], model: 'm', vectors: [] }, 'vectors is not an argument'],
    [[], 'the body is not an argument'],
    [{ vector: Array(9000).fill(0.123456789012345), model: 'm' }, 'vector cannot be '],
  ].map(
    ([body, message]): Call => ({
      name: `nearest with the body ${JSON.stringify(body).slice(0, 40)}: the error says what is wrong`,
      path: '/rpc/nearest',
      method: 'POST',
      body,
      status: 400,
      check: refuses('PT400', message as string),
    }),
  ),
  {
    name: 'groups of posts that say nearly the same',
    path: '/rpc/duplicates?select=similar_to,similarity,status_id',
    status: 200,
    answers: { 'compared-since': /^$/ },
    check: is([
      { similar_to: id(1), similarity: 1, status_id: id(1) },
      { similar_to: id(1), similarity: 0.96, status_id: id(2) },
      { similar_to: id(1), similarity: 1, status_id: LAST },
    ]),
  },
  { name: 'exact duplicates', path: '/rpc/duplicates?threshold=1', status: 200, check: ids([id(1), LAST]) },
  {
    name: 'duplicates among some posts',
    path: '/rpc/duplicates?since=2026-02-01&until=2026-02-02&significant=',
    status: 200,
    check: ids([id(1), id(2)]),
  },
  { name: 'duplicates without a report', path: '/rpc/duplicates?reported=no', status: 200, check: ids([id(2), LAST]) },
  { name: 'no duplicates', path: '/rpc/duplicates?tier=influencer', status: 200, check: is([]) },
  ...['0.49', '1.01', '-1', 'x', '1e-1'].map(
    (threshold): Call => ({
      name: `threshold=${threshold}: the error names the argument`,
      path: `/rpc/duplicates?threshold=${threshold}`,
      status: 400,
      check: refuses('PT400', `threshold cannot be '${threshold}'`),
    }),
  ),
  {
    name: 'duplicates with an invalid filter',
    path: '/rpc/duplicates?since=yesterday',
    status: 400,
    check: refuses('PT400', "since cannot be 'yesterday'"),
  },
  {
    name: 'the statistics',
    path: '/rpc/stats',
    status: 200,
    check: is({
      posts: 7,
      significant: 3,
      unreported: 2,
      exact: true,
      watchlist: { ecosystem: 0, influencer: 1, investor: 0, teammate: 1 },
      newest_post_at: '2026-02-04T12:30:00+00:00',
      newest_run: {
        run_at: '2026-02-04T13:00:00+00:00',
        mode: 'both',
        fetched_count: 7,
        significant_count: 3,
        reported_count: 1,
      },
    }),
  },
  {
    name: 'the activity per day',
    path: '/rpc/activity?since=2026-02-01&until=2026-02-03',
    status: 200,
    check: is([
      { bucket_at: '2026-02-01T00:00:00+00:00', tier: 'influencer', posts: 2, significant: 1 },
      { bucket_at: '2026-02-01T00:00:00+00:00', tier: 'other', posts: 1, significant: 0 },
      { bucket_at: '2026-02-01T00:00:00+00:00', tier: 'teammate', posts: 1, significant: 1 },
      { bucket_at: '2026-02-02T00:00:00+00:00', tier: 'other', posts: 1, significant: 0 },
    ]),
  },
  {
    name: 'the activity per hour',
    path: '/rpc/activity?bucket=hour&since=2026-02-04',
    status: 200,
    check: is([{ bucket_at: '2026-02-04T12:00:00+00:00', tier: 'teammate', posts: 1, significant: 1 }]),
  },
  {
    name: 'the activity without arguments: the 30 days before the newest post',
    path: '/rpc/activity?since=&until=&bucket=',
    status: 200,
    check: ({ body }) => assert.equal(body.length, 6),
  },
  {
    name: 'the activity where there was none',
    path: '/rpc/activity?until=2000-01-01',
    status: 200,
    check: is([]),
  },
  {
    name: 'the activity per day of a time zone',
    path: '/rpc/activity?zone=Asia/Kolkata&since=2026-02-02T19:00:00Z',
    status: 200,
    check: is([
      { bucket_at: '2026-02-02T18:30:00+00:00', tier: 'ecosystem', posts: 1, significant: 0 },
      { bucket_at: '2026-02-02T18:30:00+00:00', tier: 'other', posts: 1, significant: 0 },
      { bucket_at: '2026-02-03T18:30:00+00:00', tier: 'teammate', posts: 1, significant: 1 },
    ]),
  },
  ...['Asia/Nowhere', '+05:30', 'X-25', "';"].map(
    (zone): Call => ({
      name: `zone=${zone}: the error names the argument`,
      path: `/rpc/activity?zone=${encodeURIComponent(zone)}`,
      status: 400,
      check: refuses('PT400', `zone cannot be '${zone}'`),
    }),
  ),
  ...['tier=teammate', 'handle=ann', 'significant=true&tier=teammate', 'q=-absent&handle=ann'].map(
    (filter): Call => ({
      name: `the activity of ${filter}`,
      path: `/rpc/activity?${filter}`,
      status: 200,
      answers: { 'counted-since': /^$/ },
      check: is([
        { bucket_at: '2026-02-01T00:00:00+00:00', tier: 'teammate', posts: 1, significant: 1 },
        { bucket_at: '2026-02-04T00:00:00+00:00', tier: 'teammate', posts: 1, significant: 1 },
      ]),
    }),
  ),
  {
    name: 'the activity of what was reported',
    path: '/rpc/activity?reported=true',
    status: 200,
    check: is([{ bucket_at: '2026-02-01T00:00:00+00:00', tier: 'teammate', posts: 1, significant: 1 }]),
  },
  ...STATS.map(
    ([filter, ...numbers]): Call => ({
      name: `the statistics of ${filter}`,
      path: `/rpc/stats?${filter}`,
      status: 200,
      check: ({ body }) =>
        assert.deepEqual([body.posts, body.significant, body.unreported, body.exact], [...numbers, true]),
    }),
  ),
  {
    name: 'statistics with an invalid filter',
    path: '/rpc/stats?tier=friend',
    status: 400,
    check: refuses('PT400', "tier cannot be 'friend'"),
  },
  {
    name: 'too many buckets: the error names the argument',
    path: '/rpc/activity?bucket=hour&since=2020-01-01',
    status: 400,
    check: refuses('PT400', "since cannot be '2020-01-01'"),
  },
  {
    name: 'the activity per week: the error names the argument',
    path: '/rpc/activity?bucket=week',
    status: 400,
    check: refuses('PT400', "bucket cannot be 'week'"),
  },
  {
    name: 'an activity that ends before it begins is an error',
    path: '/rpc/activity?since=2026-02-02&until=2026-02-01',
    status: 400,
    check: refuses('PT400', "until cannot be '2026-02-01'"),
  },
  ...TOP.map(
    ([query, ...found]): Call => ({
      name: `the top posts: ${query}`,
      path: `/rpc/top?${query}`,
      status: 200,
      check: ({ body }) =>
        assert.deepEqual(
          body.map(({ status_id, value }: { status_id: string; value: number }) => [status_id, value]),
          found,
        ),
    }),
  ),
  {
    name: 'the top posts by fame: the error names the argument',
    path: '/rpc/top?by=fame',
    status: 400,
    check: refuses('PT400', "by cannot be 'fame'"),
  },
  {
    name: 'an author',
    path: '/rpc/author?handle=@Ann',
    status: 200,
    check: ({ body: { best_post, ...numbers } }) => {
      assert.equal(best_post.status_id, id(1))
      assert.deepEqual(numbers, {
        handle: 'ann',
        display_name: 'Ann',
        tier: 'teammate',
        note: 'of ours',
        posts: 2,
        exact: true,
        first_seen_at: '2026-02-01T08:00:00.000001+00:00',
        last_seen_at: '2026-02-04T12:30:00+00:00',
        recent_posts: 2,
        median_likes: 5.5,
        median_views: 550,
        posts_per_week: 2,
      })
    },
  },
  {
    name: 'an author who is not on the watchlist',
    path: '/rpc/author?handle=dora',
    status: 200,
    check: ({ body }) =>
      assert.deepEqual([body.tier, body.note, body.posts, body.posts_per_week], ['ecosystem', null, 1, 1]),
  },
  {
    name: 'an unknown author',
    path: '/rpc/author?handle=nobody',
    status: 404,
    check: refuses('PT404', "no author has the handle 'nobody'"),
  },
  ...['', 'ann,ben'].map(
    (handle): Call => ({
      name: `the author ${handle || 'without a name'}: the error names the argument`,
      path: `/rpc/author?handle=${handle}`,
      status: 400,
      check: refuses('PT400', `handle cannot be '${handle}'`),
    }),
  ),
  {
    name: 'posts with embedded reports and snapshots',
    path: `/posts?status_id=eq.${id(1)}&select=status_id,reports(channel),post_metrics_snapshots(likes)&post_metrics_snapshots.order=snapshot_at`,
    status: 200,
    check: is([
      { status_id: id(1), reports: { channel: 'mail' }, post_metrics_snapshots: [{ likes: 1 }, { likes: 9 }] },
    ]),
  },
  {
    name: 'reports with embedded posts',
    path: '/reports?select=channel,posts(author_handle)',
    status: 200,
    check: is([{ channel: 'mail', posts: { author_handle: 'ann' } }]),
  },
  {
    name: 'CSV of a view',
    path: '/watch_accounts?select=handle,tier,note&order=handle',
    headers: { Accept: 'text/csv' },
    status: 200,
    answers: { 'content-type': /^text\/csv; charset=utf-8$/ },
    check: ({ text }) => assert.equal(text, 'handle,tier,note\nann,teammate,"of ours"\nben,influencer,'),
  },
  ...['application/atom+xml', 'application/json', 'text/html, */*;q=0.1'].map(
    (accept): Call => ({
      name: `Atom with Accept: ${accept}`,
      path: '/rpc/feed_atom?page_size=1',
      headers: { Accept: accept },
      status: 200,
      answers: { 'content-type': /^application\/atom\+xml; charset=utf-8$/, 'cache-control': /^public, max-age=/ },
      check: ({ text }) => assert.match(text, /^<\?xml .*<entry>.*<\/feed>\n$/s),
    }),
  ),
  {
    name: 'the digest as Atom',
    path: '/rpc/digest_atom?zone=Europe/Berlin&page_size=2',
    headers: { Accept: 'application/atom+xml' },
    status: 200,
    answers: { 'content-type': /^application\/atom\+xml; charset=utf-8$/, 'cache-control': /^public, max-age=/ },
    check: ({ text }) => {
      const titles = [...text.matchAll(/<title>(.*)<\/title>/g)].map(([, title]) => title)
      assert.deepEqual(titles, [
        'XMonitor, day by day',
        '2026-02-04: 1 post, 1 significant, 1 unreported',
        '2026-02-03: 2 posts, 0 significant, 0 unreported',
      ])
    },
  },
  {
    name: 'one object instead of a list',
    path: '/health',
    headers: { Accept: 'application/vnd.pgrst.object+json' },
    status: 200,
    check: is({ ok: true, service: 'xmonitor-api', version: 'v1' }),
  },
  {
    name: 'HEAD has no body',
    path: '/feed?limit=1',
    method: 'HEAD',
    status: 200,
    check: ({ text }) => assert.equal(text, ''),
  },
  {
    name: 'the root describes what web_anon may do, and nothing else',
    path: '/',
    status: 200,
    answers: { 'content-type': /^application\/openapi\+json/ },
    check({ body }) {
      const views = ['feed', 'health', 'pipeline_runs', 'post_metrics_snapshots', 'posts', 'reports', 'watch_accounts']
      const functions = [
        'activity',
        'author',
        'digest_atom',
        'duplicates',
        'feed',
        'feed_atom',
        'feed_page',
        'health',
        'nearest',
        'post',
        'similar',
        'stats',
        'top',
        'watch_accounts',
      ]
      assert.deepEqual(
        Object.keys(body.paths)
          .filter((path) => path !== '/')
          .sort(),
        [...views.map((name) => `/${name}`), ...functions.map((name) => `/rpc/${name}`)].sort(),
      )
    },
  },
  {
    name: 'GET writes nothing, even with a token',
    path: '/rpc/ingest_posts',
    token: true,
    status: 404,
    check: ({ body }) => assert.equal(body.code, 'PGRST202'),
  },
  {
    name: 'an unknown view',
    path: '/embeddings',
    status: 404,
    check: ({ body }) => assert.equal(body.code, 'PGRST205'),
  },
  {
    name: 'an unknown argument',
    path: '/rpc/feed?nonsense=1',
    status: 400,
    check: refuses('22023', "Unknown parameter 'nonsense'."),
  },
  {
    name: 'an argument of another call',
    path: '/rpc/feed?threshold=1',
    status: 404,
    check: ({ body }) => assert.equal(body.code, 'PGRST202'),
  },
  {
    name: 'an unknown column',
    path: '/posts?select=secret',
    status: 400,
    check: ({ body }) => assert.equal(body.code, '42703'),
  },
  {
    name: 'the v1 feed',
    path: '/v1/feed?limit=3&tier=teammate',
    status: 200,
    check: ({ body }) => ids([LAST, id(1)])({ body: body.items } as never, {}),
  },
  {
    name: 'the v1 feed, invalid',
    path: '/v1/feed?limit=0',
    status: 400,
    check: refuses('PT400', "limit cannot be '0'"),
  },
  {
    name: 'the v1 post, unknown',
    path: '/v1/posts/1',
    status: 404,
    check: refuses('PT404', "no post has the status_id '1'"),
  },
  {
    name: 'the v1 post has when it was reported, as in the feed',
    path: `/v1/posts/${id(1)}`,
    status: 200,
    check: ({ body }) => assert.equal(body.post.reported_at, '2026-02-01T09:00:00+00:00'),
  },
  {
    name: 'the v1 feed of two tiers, sent twice',
    path: '/v1/feed?tier=teammate&tier=ecosystem',
    status: 200,
    check: ({ body }) => ids([LAST, id(6), id(1)])({ body: body.items } as never, {}),
  },
  {
    name: 'the v1 feed of two handles, with a space between',
    path: '/v1/feed?handle=%40Ann%20dora',
    status: 200,
    check: ({ body }) => ids([LAST, id(6), id(1)])({ body: body.items } as never, {}),
  },
  {
    name: 'the v1 feed with too large a page: the error names the v1 parameter',
    path: '/v1/feed?limit=201',
    status: 400,
    check: refuses('PT400', "limit cannot be '201'"),
  },
  {
    name: 'a parameter that cannot be a list is rejected if sent twice',
    path: '/v1/feed?since=2026-01-01&since=2026-02-01',
    status: 400,
    check: refuses('PT400', 'since is given more than once'),
  },
  {
    name: 'a v1 path with a trailing slash',
    path: '/v1/feed/?limit=1',
    status: 200,
    check: ({ body }) => assert.equal(body.items.length, 1),
  },
  {
    name: 'a v1 read with the credentials of another service',
    path: '/v1/feed?limit=1',
    headers: { Authorization: 'Bearer foreign', 'X-API-Key': 'foreign' },
    status: 200,
  },
  ...['/v1/ingest/posts/batch', '/v1/ingest/embeddings/batch', '/v1/ingest/reports/batch'].map(
    (path): Call => ({
      name: `an API key is the token of ${path}`,
      path,
      method: 'POST',
      body: { items: [] },
      apiKey: true,
      status: 200,
      check: ({ body }) => assert.equal(body.received, 0),
    }),
  ),
  {
    name: 'an invalid API key is an invalid token',
    path: '/v1/ingest/posts/batch',
    method: 'POST',
    body: { items: [] },
    headers: { 'X-API-Key': 'foreign' },
    status: 401,
    check: ({ body }) => assert.equal(body.code, 'PGRST301'),
  },
  ...[{}, { status_id: '1' }, [], 'null'].map(
    (body): Call => ({
      name: `a v1 batch that is ${typeof body === 'string' ? body : JSON.stringify(body)}: the error says what is expected`,
      path: '/v1/ingest/posts/batch',
      method: 'POST',
      body,
      token: true,
      status: 400,
      check: refuses('PT400', 'the body has no items'),
    }),
  ),
  {
    name: 'a v1 batch with an empty body',
    path: '/v1/ingest/posts/batch',
    method: 'POST',
    body: '',
    token: true,
    status: 400,
    check: refuses('PT400', 'the body is empty'),
  },
  {
    name: 'a v1 batch with fields beside items counts them',
    path: '/v1/ingest/reports/batch',
    method: 'POST',
    body: { items: [], collector: 'x' },
    token: true,
    status: 200,
    check: ({ body }) => assert.deepEqual(body.ignored, { collector: 1 }),
  },
  {
    name: 'a v1 deletion of an author whose posts nobody has',
    path: '/v1/ingest/deletions/batch',
    method: 'POST',
    body: { items: [{ handle: '@Gone', reason: 'asked for' }, {}, { handle: 'gone', status_id: '1' }] },
    token: true,
    status: 200,
    check: ({ body }) => {
      assert.deepEqual([body.inserted, body.removed, body.skipped, body.deleted], [1, 0, 0, 0])
      assert.deepEqual(body.errors, [
        { index: 1, message: 'needs either handle or status_id' },
        { index: 2, message: 'needs either handle or status_id' },
      ])
    },
  },
  {
    name: 'the v1 tombstones',
    path: '/v1/ingest/tombstones',
    token: true,
    status: 200,
    check: is({ status_ids: [], handles: ['gone'] }),
  },
  {
    name: 'a post of a deleted author is counted, not stored',
    path: '/v1/ingest/posts/batch',
    method: 'POST',
    body: {
      items: [
        { status_id: '5', url: 'u', author_handle: '@GONE', discovered_at: '2026-03-01', last_seen_at: '2026-03-01' },
      ],
    },
    token: true,
    status: 200,
    check: ({ body }) => assert.deepEqual([body.inserted, body.deleted], [0, 1]),
  },
  {
    name: 'a v1 run without run_at is rejected',
    path: '/v1/ingest/runs',
    method: 'POST',
    body: { mode: 'sometimes' },
    token: true,
    status: 400,
    check: refuses('PT400', "mode 'sometimes' is not one of"),
  },
  {
    name: 'a v1 read that accepts only HTML',
    path: '/v1/feed?limit=1',
    headers: { Accept: 'text/html' },
    status: 406,
    check: ({ body }) => assert.equal(body.code, 'PGRST107'),
  },
  {
    name: 'the v1 watchlist',
    path: '/v1/watch-accounts?tier=teammate',
    status: 200,
    check: ({ body }) => assert.equal(body[0].handle, 'ann'),
  },
  {
    name: 'the v1 watchlist of an unknown tier',
    path: '/v1/watch-accounts?tier=boss',
    status: 400,
    check: refuses('PT400', "tier cannot be 'boss'"),
  },
  {
    name: 'the watchlist, by tier and handle',
    path: '/rpc/watch_accounts?select=handle',
    status: 200,
    check: is([{ handle: 'ben' }, { handle: 'ann' }]),
  },
]
